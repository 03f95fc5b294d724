package dev.kproxy.symbolic.packet;

import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Transport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The protocols of packets, as numbers of their own: TCP, UDP, SCTP, and ICMP of either family.
public final class Protocols {
  private static final List<Protocol> IN_ORDER = List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);

  /// The number of ICMP.
  public static final int ICMP = IN_ORDER.size();

  /// All of them.
  public static final Ranges ALL = Ranges.of(0, ICMP);

  /// Those that have ports.
  public static final Ranges WITH_PORTS = Ranges.of(0, ICMP - 1L);

  private static final Ranges ONLY_ICMP = Ranges.of(ICMP);
  private static final Map<Integer, Ranges> BY_HEADER =
      IN_ORDER.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  protocol -> new Transport.Ports(protocol, 0, 0).number(),
                  protocol -> Ranges.of(number(protocol))));

  private Protocols() {}

  /// The number of a protocol that has ports.
  public static int number(Protocol protocol) {
    return IN_ORDER.indexOf(protocol);
  }

  /// The protocol of a number; empty where it has no ports.
  public static Optional<Protocol> of(int number) {
    return number == ICMP ? Optional.empty() : Optional.of(IN_ORDER.get(number));
  }

  /// The one that has a number in the headers of IP; none where no packet here has it.
  public static Ranges ofHeader(int number, Family family) {
    Transport icmp =
        family == Family.IPV4 ? Transport.Icmp.ECHO_REQUEST : Transport.Icmp6.ECHO_REQUEST;
    return number == icmp.number() ? ONLY_ICMP : BY_HEADER.getOrDefault(number, Ranges.NONE);
  }
}
