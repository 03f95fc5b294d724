package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;

import java.util.List;

/// Jumps, returns, policies, and rules that go on.
final class Chains {
  private Chains() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of(
            "fact22: RETURN and goto",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            :A - [0:0]
            :B - [0:0]
            :C - [0:0]
            :D - [0:0]
            :E - [0:0]
            -A PREROUTING -p udp -j A
            -A PREROUTING -p udp -g E
            -A PREROUTING -p udp
            -A A -p udp -j B
            -A A -p udp -j C
            -A A -p udp
            -A B -p udp -j RETURN
            -A B -p udp
            -A C -p udp -g D
            -A C -p udp
            -A D -p udp
            -A E -p udp -j RETURN
            -A E -p udp
            COMMIT
            """),
        Scenario.of(
            "fact22: RETURN in a built-in chain is its policy",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *filter
            :FORWARD DROP [0:0]
            -A FORWARD -p udp -j RETURN
            -A FORWARD -p udp -j ACCEPT
            COMMIT
            *mangle
            -A POSTROUTING -p udp
            COMMIT
            """),
        Scenario.of(
            "fact22: the end of a goto from a built-in chain is its policy",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *filter
            :FORWARD DROP [0:0]
            :A - [0:0]
            -A FORWARD -p udp -g A
            -A FORWARD -p udp -j ACCEPT
            -A A -p udp
            COMMIT
            *mangle
            -A POSTROUTING -p udp
            COMMIT
            """),
        Scenario.of(
            "fact23: what goes on and what ends",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            -A PREROUTING -p udp -j TTL --ttl-set 60
            -A PREROUTING -p udp -j DSCP --set-dscp 1
            -A PREROUTING -p udp -j TOS --set-tos 1
            -A FORWARD -p udp -j CLASSIFY --set-class 1:1
            -A FORWARD -p udp -j CHECKSUM --checksum-fill
            -A PREROUTING -p udp -j NFLOG
            -A PREROUTING -p udp -j ACCEPT
            -A PREROUTING -p udp
            -A FORWARD -p udp -j DROP
            -A FORWARD -p udp
            -A POSTROUTING -p udp
            COMMIT
            """));
  }
}
