package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Reads files for `ip -batch` that make interfaces and give them addresses: the `ip.batch` of IPVS
/// mode.
///
/// Of lines that set properties of an interface (`link set`) nothing is kept; a line that does
/// anything else is a fault.
public final class AddressBatchParser {
  private static final Set<String> ADDING = Set.of("add", "replace", "change");

  private AddressBatchParser() {}

  /// The interfaces in the order of the text, with the addresses that they get.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each line that is not understood
  public static List<Interface> parse(
      String text, String file, Consumer<? super Diagnostic> diagnostics) {
    Faults faults = new Faults(file, diagnostics);
    Map<String, List<Interface.Address>> interfaces = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String command = line.strip();
      if (faults.isFull()) {
        break;
      }
      if (!command.isEmpty() && !command.startsWith("#") && !read(command, interfaces)) {
        faults.syntax(
            number, 1, "no line that gives an interface an address: " + Printable.quote(command));
      }
    }
    return interfaces.entrySet().stream()
        .map(it -> new Interface(it.getKey(), List.of(), it.getValue()))
        .toList();
  }

  /// @return whether the line was understood
  private static boolean read(String line, Map<String, List<Interface.Address>> interfaces) {
    List<String> words = new ArrayList<>(List.of(line.split("\\s+", -1)));
    if (words.getFirst().equals("-4") || words.getFirst().equals("-6")) {
      words.removeFirst();
    }
    if (words.size() < 3) {
      return false;
    }
    String object = words.get(0);
    String verb = words.get(1);
    if (object.equals("link") && verb.equals("add")) {
      interfaces.putIfAbsent(name(words), new ArrayList<>());
      return true;
    }
    boolean address = object.equals("addr") || object.equals("address");
    int device = words.lastIndexOf("dev") + 1;
    Optional<Interface.Address> read = address(words.get(2));
    if (address && ADDING.contains(verb) && device > 3 && device < words.size()) {
      read.ifPresent(
          it -> interfaces.computeIfAbsent(words.get(device), _ -> new ArrayList<>()).add(it));
      return read.isPresent();
    }
    return object.equals("link") && verb.equals("set");
  }

  /// The name of a link stands behind `name` or `dev`, or alone.
  private static String name(List<String> words) {
    boolean keyword = words.get(2).equals("name") || words.get(2).equals("dev");
    return words.get(keyword && words.size() > 3 ? 3 : 2);
  }

  /// An address alone is a network of its own.
  private static Optional<Interface.Address> address(String text) {
    int slash = text.indexOf('/');
    Optional<Ip> ip = Ip.parse(slash < 0 ? text : text.substring(0, slash));
    Optional<Cidr> cidr = slash < 0 ? ip.map(Cidr::host) : Cidr.parse(text);
    return cidr.flatMap(
        network ->
            ip.map(
                it ->
                    new Interface.Address(
                        it,
                        network.prefix(),
                        Optional.empty(),
                        Optional.empty(),
                        "global",
                        List.of())));
  }
}
