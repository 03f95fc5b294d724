package dev.kproxy.host;

import dev.kproxy.net.Printable;
import java.util.List;

/// What a tool left behind.
///
/// @param status its exit status; 128 and more where a signal ended it
/// @param output its standard output; bytes that are no UTF-8 became U+FFFD
/// @param errors its standard error, of which only the beginning is kept
public record ToolResult(int status, String output, String errors) {
  private static final int SHOWN = 300;

  /// Nothing, where the tool succeeded.
  ///
  /// @throws HostFault where it did not, with the tool's own words
  public void require(ToolCall call) throws HostFault {
    if (status != 0) {
      throw fault(call);
    }
  }

  /// The failure of this run.
  public HostFault fault(ToolCall call) {
    List<String> lines = errors.lines().filter(line -> !line.isBlank()).toList();
    String words = lines.isEmpty() ? "" : ": " + String.join("; ", lines);
    String shown = words.length() > SHOWN ? words.substring(0, SHOWN) + "…" : words;
    return new HostFault(
        kind(errors), call.tool() + " ended with status " + status + Printable.escape(shown));
  }

  private static HostFault.Kind kind(String errors) {
    if (errors.contains("xtables lock")) {
      return HostFault.Kind.TIME;
    }
    boolean denied =
        errors.contains("Permission denied")
            || errors.contains("you must be root")
            || errors.contains("Operation not permitted");
    return denied ? HostFault.Kind.PRIVILEGE : HostFault.Kind.TOOL;
  }
}
