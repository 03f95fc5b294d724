package dev.kproxy.iproute;

import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Reads settings of a kernel: what `sysctl -a` prints, files for `sysctl -p`, or one `NAME=VALUE`.
///
/// A name may be written with dots or with slashes; the first of them tells which part the words.
/// Where a setting stands twice, the last counts.
public final class SysctlParser {
  private SysctlParser() {}

  /// The settings of a text.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each line that is no setting
  public static Sysctls parse(String text, String file, Consumer<? super Diagnostic> diagnostics) {
    Faults faults = new Faults(file, diagnostics);
    Map<String, String> values = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String setting = line.strip();
      if (faults.isFull()) {
        break;
      }
      if (setting.isEmpty() || isRemark(setting)) {
        continue;
      }
      int equals = setting.indexOf('=');
      String name = equals < 0 ? "" : name(setting.substring(0, equals).strip());
      if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
        faults.syntax(number, 1, "no setting, as NAME=VALUE: " + Printable.quote(setting));
      } else {
        values.put(name, setting.substring(equals + 1).strip());
      }
    }
    return new Sysctls(values);
  }

  /// A comment, or what `sysctl -a` complains of on its standard error.
  private static boolean isRemark(String line) {
    return line.startsWith("#") || line.startsWith(";") || line.startsWith("sysctl: ");
  }

  /// The name with dots. A dash before it asks `sysctl -p` to bear its absence.
  private static String name(String text) {
    String name = text.startsWith("-") ? text.substring(1) : text;
    int dot = name.indexOf('.');
    int slash = name.indexOf('/');
    if (slash < 0 || (dot >= 0 && dot < slash)) {
      return name;
    }
    StringBuilder swapped = new StringBuilder();
    name.chars().forEach(c -> swapped.append(c == '/' ? '.' : c == '.' ? '/' : (char) c));
    return swapped.toString();
  }
}
