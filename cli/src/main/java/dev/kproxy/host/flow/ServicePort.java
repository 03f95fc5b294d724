package dev.kproxy.host.flow;

import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A Service port of one family: what it is called, where it is reached, and by whom it is served.
///
/// @param name `shop/web:http`
/// @param at where it is reached: `10.96.0.10:53`, and `*:30053` for a node port
/// @param serving the endpoints that answer, in use or not, as `10.244.1.5:53`; of UDP only, whose
///   flows have no end of their own
public record ServicePort(String name, Protocol protocol, Set<String> at, Set<String> serving) {
  public ServicePort {
    at = ordered(at);
    serving = ordered(serving);
  }

  /// Most have one text, or none.
  private static Set<String> ordered(Set<String> texts) {
    return texts.size() < 2 ? Set.copyOf(texts) : Collections.unmodifiableSet(new TreeSet<>(texts));
  }

  /// The family of its addresses.
  public Family family() {
    return at.stream().anyMatch(it -> it.startsWith("[")) ? Family.IPV6 : Family.IPV4;
  }

  /// One line a Service port.
  public static String print(List<ServicePort> ports) {
    StringBuilder out = new StringBuilder();
    for (ServicePort port : ports) {
      out.append(port.name)
          .append(' ')
          .append(port.protocol)
          .append(' ')
          .append(String.join(",", port.at))
          .append(' ')
          .append(String.join(",", port.serving))
          .append('\n');
    }
    return out.toString();
  }

  /// What [#print] printed; empty where it is none of it.
  public static Optional<List<ServicePort>> parse(String text) {
    List<ServicePort> ports = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      Optional<Protocol> protocol = words.length == 4 ? Protocol.parse(words[1]) : Optional.empty();
      if (protocol.isEmpty()) {
        return Optional.empty();
      }
      ports.add(new ServicePort(words[0], protocol.get(), list(words[2]), list(words[3])));
    }
    return Optional.of(ports);
  }

  private static Set<String> list(String text) {
    return text.isEmpty() ? Set.of() : new TreeSet<>(List.of(text.split(",", -1)));
  }
}
