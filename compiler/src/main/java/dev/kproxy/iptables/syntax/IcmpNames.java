package dev.kproxy.iptables.syntax;

import dev.kproxy.iptables.Match;
import dev.kproxy.net.Family;
import dev.kproxy.net.SyntaxException;
import java.util.HashMap;
import java.util.Map;

/// The types of ICMP: numbers as iptables-save prints them, or the names that it reads.
public final class IcmpNames {
  private static final Map<String, Match.Icmp.Type> V4 =
      read(
          """
          any 255
          echo-reply 0
          pong 0
          destination-unreachable 3
          network-unreachable 3/0
          host-unreachable 3/1
          protocol-unreachable 3/2
          port-unreachable 3/3
          fragmentation-needed 3/4
          source-route-failed 3/5
          network-unknown 3/6
          host-unknown 3/7
          network-prohibited 3/9
          host-prohibited 3/10
          TOS-network-unreachable 3/11
          TOS-host-unreachable 3/12
          communication-prohibited 3/13
          host-precedence-violation 3/14
          precedence-cutoff 3/15
          source-quench 4
          redirect 5
          network-redirect 5/0
          host-redirect 5/1
          TOS-network-redirect 5/2
          TOS-host-redirect 5/3
          echo-request 8
          ping 8
          router-advertisement 9
          router-solicitation 10
          time-exceeded 11
          ttl-exceeded 11
          ttl-zero-during-transit 11/0
          ttl-zero-during-reassembly 11/1
          parameter-problem 12
          ip-header-bad 12/0
          required-option-missing 12/1
          timestamp-request 13
          timestamp-reply 14
          address-mask-request 17
          address-mask-reply 18
          """);

  private static final Map<String, Match.Icmp.Type> V6 =
      read(
          """
          destination-unreachable 1
          no-route 1/0
          communication-prohibited 1/1
          beyond-scope 1/2
          address-unreachable 1/3
          port-unreachable 1/4
          failed-policy 1/5
          reject-route 1/6
          packet-too-big 2
          time-exceeded 3
          ttl-exceeded 3
          ttl-zero-during-transit 3/0
          ttl-zero-during-reassembly 3/1
          parameter-problem 4
          bad-header 4/0
          unknown-header-type 4/1
          unknown-option 4/2
          echo-request 128
          ping 128
          echo-reply 129
          pong 129
          router-solicitation 133
          router-advertisement 134
          neighbour-solicitation 135
          neighbor-solicitation 135
          neighbour-advertisement 136
          neighbor-advertisement 136
          redirect 137
          """);

  private IcmpNames() {}

  /// The type that the word names, with its codes.
  public static Match.Icmp.Type type(Word word, Family family) throws SyntaxException {
    Match.Icmp.Type named = (family == Family.IPV4 ? V4 : V6).get(word.text());
    if (named != null) {
      return named;
    }
    long[] pair = Values.pair(word, '/', 255, -1);
    boolean any = family == Family.IPV4 && pair[0] == 255;
    return pair[1] < 0 || any
        ? new Match.Icmp.Type((int) pair[0], 0, 255)
        : new Match.Icmp.Type((int) pair[0], (int) pair[1], (int) pair[1]);
  }

  private static Map<String, Match.Icmp.Type> read(String table) {
    Map<String, Match.Icmp.Type> types = new HashMap<>();
    for (String line : table.lines().toList()) {
      int blank = line.indexOf(' ');
      String[] numbers = line.substring(blank + 1).split("/", -1);
      int type = Integer.parseInt(numbers[0]);
      int code = numbers.length > 1 ? Integer.parseInt(numbers[1]) : -1;
      types.put(
          line.substring(0, blank),
          new Match.Icmp.Type(type, code < 0 ? 0 : code, code < 0 ? 255 : code));
    }
    return types;
  }
}
