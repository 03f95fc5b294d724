package dev.kproxy.net;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The names of IP protocols. iptables and ipset print what the host's `/etc/protocols` says; here
/// it is that of Debian, as on the images that kube-proxy runs on. Other names of a protocol are
/// read, too.
public final class ProtocolNames {
  private static final String[] NAMES = new String[256];
  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    String table =
        """
        0 ip all hopopt
        1 icmp
        2 igmp
        3 ggp
        4 ipencap
        5 st
        6 tcp
        8 egp
        9 igp
        12 pup
        17 udp
        20 hmp
        22 xns-idp
        27 rdp
        29 iso-tp4
        33 dccp
        36 xtp
        37 ddp
        38 idpr-cmtp
        41 ipv6
        43 ipv6-route
        44 ipv6-frag
        45 idrp
        46 rsvp
        47 gre
        50 esp ipsec
        51 ah
        57 skip
        58 ipv6-icmp icmpv6
        59 ipv6-nonxt
        60 ipv6-opts
        73 rspf
        81 vmtp
        88 eigrp
        89 ospf
        93 ax.25
        94 ipip
        97 etherip
        98 encap
        103 pim
        108 ipcomp
        112 vrrp
        115 l2tp
        124 isis
        132 sctp
        133 fc
        135 mobility-header mh ipv6-mh
        136 udplite
        137 mpls-in-ip
        138 manet
        139 hip
        140 shim6
        141 wesp
        142 rohc
        143 ethernet
        """;
    for (String line : table.lines().toList()) {
      String[] words = line.split(" ", -1);
      int number = Integer.parseInt(words[0]);
      NAMES[number] = words[1];
      for (int i = 1; i < words.length; i++) {
        NUMBERS.put(words[i], number);
      }
    }
    for (int number = 0; number < NAMES.length; number++) {
      if (NAMES[number] == null) {
        NAMES[number] = Integer.toString(number);
      }
    }
  }

  private ProtocolNames() {}

  /// The name of a protocol, or the number where it has none.
  public static String of(int number) {
    return NAMES[number];
  }

  /// The protocol of that name, in any case.
  public static Optional<Integer> number(String name) {
    return Optional.ofNullable(NUMBERS.get(name.toLowerCase(Locale.ROOT)));
  }
}
