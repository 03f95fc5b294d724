package dev.kproxy.iproute;

import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what `ip addr` prints, with `-o`, `-d` or `-s` or without, or `ip -j addr`.
///
/// Of a line that tells neither of an interface nor of an address nothing is kept. Where a name
/// holds `@`, only the JSON tells it from the name of a peer.
public final class InterfacesParser {
  private static final Pattern HEAD =
      Pattern.compile("\\d+: ([^\\s:@]+)(?:@[^\\s:]+)?(?::(?: <([^>]*)>)?|\\s)(.*)");

  private static final Pattern OTHER_COMMAND =
      Pattern.compile(
          "\\S+\\s+(?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT|TESTING)(?:\\s.*)?"
              + "|\\S+\\s+Link encap:.*|\\S+: flags=.*");

  /// What iproute2 says of addresses in one word.
  private static final Set<String> FLAGS =
      Set.of(
          "secondary",
          "temporary",
          "nodad",
          "optimistic",
          "dadfailed",
          "home",
          "deprecated",
          "tentative",
          "mngtmpaddr",
          "noprefixroute",
          "autojoin",
          "dynamic");

  private final Faults faults;
  private final Map<String, Draft> interfaces = new LinkedHashMap<>();

  private InterfacesParser(Faults faults) {
    this.faults = faults;
  }

  /// The interfaces in the order of the text.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each line that is not understood
  public static List<Interface> parse(
      String text, String file, Consumer<? super Diagnostic> diagnostics) {
    Faults faults = new Faults(file, diagnostics);
    InterfacesParser parser = new InterfacesParser(faults);
    if (text.stripLeading().startsWith("[")) {
      parser.json(text);
    } else {
      parser.lines(text);
    }
    if (parser.interfaces.isEmpty() && !faults.any()) {
      faults.syntax(
          1, 1, "no interface in it; what \"ip addr\" or \"ip -j addr\" prints is needed");
    }
    return parser.interfaces.entrySet().stream()
        .map(it -> it.getValue().build(it.getKey()))
        .toList();
  }

  private void lines(String text) {
    String current = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String rest = line.strip();
      Matcher head = HEAD.matcher(line);
      if (head.matches()) {
        current = head.group(1);
        String flags = head.group(2);
        draft(current).flags(flags == null ? List.of() : List.of(flags.split(",", -1)));
        rest = head.group(3).strip();
      } else if (!rest.isEmpty()
          && (current.isEmpty() || !Character.isWhitespace(line.charAt(0)))) {
        unknown(line, number);
        rest = "";
      }
      if (rest.startsWith("inet ") || rest.startsWith("inet6 ")) {
        address(current, rest, number, line.indexOf("inet") + 1);
      }
      if (faults.isFull() || (current.isEmpty() && faults.any())) {
        return;
      }
    }
  }

  private void unknown(String line, int number) {
    if (OTHER_COMMAND.matcher(line).matches()) {
      faults.wrongCommand(
          number, "this is what \"ip -br\" or ifconfig prints; what \"ip addr\" prints is needed");
    } else {
      faults.syntax(number, 1, "not a line of \"ip addr\": " + Printable.quote(line));
    }
  }

  /// `inet ADDRESS[/LENGTH] [peer ADDRESS[/LENGTH]] [brd ADDRESS] scope SCOPE [FLAG]... [LABEL]`;
  /// the length behind a peer is that of the peer's network.
  private void address(String name, String text, int line, int column) {
    int end = text.indexOf('\\');
    List<String> words =
        List.of((end < 0 ? text : text.substring(0, end)).strip().split("\\s+", -1));
    String address = words.size() > 1 ? words.get(1) : "";
    String peer = after(words, "peer");
    Set<String> flags = new LinkedHashSet<>(words);
    flags.retainAll(FLAGS);
    String prefix = part(peer.isEmpty() ? address : peer, 1);
    add(
        draft(name),
        new Text(
            part(address, 0),
            prefix,
            part(peer, 0),
            after(words, "brd"),
            after(words, "scope"),
            flags),
        line,
        column);
  }

  private static String after(List<String> words, String key) {
    int at = words.indexOf(key);
    return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "";
  }

  private static String part(String address, int index) {
    String[] parts = address.split("/", 2);
    return index < parts.length ? parts[index] : "";
  }

  private void json(String text) {
    try {
      for (Json link : Json.objects(text)) {
        String name = link.text("ifname");
        // old versions print an empty object for what they leave out
        if (!name.isEmpty()) {
          Draft draft = draft(name);
          draft.flags(link.texts("flags"));
          link.field("addr_info").items().forEach(it -> address(draft, it));
        }
      }
    } catch (IOException e) {
      faults.syntax(1, 1, "not the JSON of \"ip -j addr\"");
    }
  }

  private void address(Draft draft, Json json) {
    Set<String> flags = new LinkedHashSet<>(json.fields().keySet());
    flags.retainAll(FLAGS);
    if (json.has("local")) {
      add(
          draft,
          new Text(
              json.text("local"),
              json.text("prefixlen"),
              json.text("address"),
              json.text("broadcast"),
              json.text("scope"),
              flags),
          json.line(),
          json.column());
    }
  }

  /// Without a length the address is a network of its own, as iproute2 prints it.
  private void add(Draft draft, Text text, int line, int column) {
    Ip ip = Ip.parse(text.address).orElse(null);
    int bits = ip == null ? 0 : ip.family().bits();
    int length =
        text.prefix.isEmpty()
            ? bits
            : text.prefix.matches("\\d{1,3}") ? Integer.parseInt(text.prefix) : -1;
    Optional<Ip> peer = Ip.parse(text.peer);
    Optional<Ip> broadcast = Ip.parse(text.broadcast);
    if (ip == null
        || length < 0
        || length > bits
        || (peer.isEmpty() && !text.peer.isEmpty())
        || (broadcast.isEmpty() && !text.broadcast.isEmpty())) {
      faults.syntax(line, column, "not an address: " + Printable.quote(text.toString()));
      return;
    }
    draft.addresses.add(
        new Interface.Address(ip, length, peer, broadcast, text.scope, List.copyOf(text.flags)));
  }

  private Draft draft(String name) {
    return interfaces.computeIfAbsent(name, _ -> new Draft());
  }

  /// An address before it is known to be one.
  private record Text(
      String address,
      String prefix,
      String peer,
      String broadcast,
      String scope,
      Set<String> flags) {
    @Override
    public String toString() {
      return address
          + (peer.isEmpty() ? "" : " peer " + peer)
          + (prefix.isEmpty() ? "" : "/" + prefix)
          + (broadcast.isEmpty() ? "" : " brd " + broadcast);
    }
  }

  /// An interface that is being read.
  private static final class Draft {
    private final List<Interface.Address> addresses = new ArrayList<>();
    private List<String> flags = List.of();

    void flags(List<String> given) {
      flags = given.isEmpty() ? flags : given;
    }

    Interface build(String name) {
      return new Interface(name, flags, addresses);
    }
  }
}
