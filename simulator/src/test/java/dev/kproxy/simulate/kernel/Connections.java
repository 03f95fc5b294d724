package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;

import java.util.List;

/// What the kernel remembers of connections, and their marks.
final class Connections {
  private Connections() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of(
            "fact10: DNAT and SNAT are states",
            "client",
            CLIENT + "198.51.100.1,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:53
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate DNAT
            -A FORWARD -p udp -m conntrack --ctstate SNAT
            -A FORWARD -p udp -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT
            -A FORWARD -p udp -m conntrack ! --ctstate RELATED,ESTABLISHED
            -A FORWARD -p udp -m state --state NEW
            -A FORWARD -p udp -m conntrack --ctorigdst 198.51.100.1 --ctreplsrc 10.244.1.5
            -A FORWARD -p udp -m conntrack --ctrepldst 203.0.113.5 --ctdir ORIGINAL
            -A FORWARD -p udp -m conntrack --ctdir REPLY
            -A FORWARD -p udp -m conntrack --ctstatus NONE
            -A FORWARD -p udp -m conntrack ! --ctstatus NONE
            -A FORWARD -p udp -m conntrack --ctstatus CONFIRMED
            -A FORWARD -p udp -m conntrack ! --ctstatus SEEN_REPLY
            -A FORWARD -p udp -m conntrack --ctproto 17 --ctorigdstport 53
            COMMIT
            """),
        Scenario.of(
            "fact10: translated to what it was is not translated",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:53
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate DNAT
            COMMIT
            """),
        Scenario.of(
            "fact11: what is not tracked is not translated",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *raw
            -A PREROUTING -p udp -j CT --notrack
            COMMIT
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.6
            -A POSTROUTING -p udp
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate UNTRACKED
            -A FORWARD -p udp -m conntrack --ctstate UNTRACKED --ctdir REPLY
            -A FORWARD -p udp -m conntrack --ctdir ORIGINAL
            -A FORWARD -p udp -m conntrack --ctstate NEW
            -A FORWARD -p udp -m conntrack ! --ctstate NEW
            -A FORWARD -p udp -m connmark --mark 0
            -A FORWARD -p udp -m connmark ! --mark 1
            COMMIT
            """),
        Scenario.of(
            "fact11: what CT gave a template is tracked",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *raw
            -A PREROUTING -p udp -j CT --zone 5
            -A PREROUTING -p udp -m conntrack --ctstate NEW
            -A PREROUTING -p udp -m conntrack --ctstatus NONE
            -A PREROUTING -p udp -m conntrack --ctstatus CONFIRMED
            -A PREROUTING -p udp -j CT --notrack
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate UNTRACKED
            -A FORWARD -p udp -m conntrack --ctstate NEW
            -A FORWARD -p udp -m conntrack --ctstatus NONE
            COMMIT
            """),
        Scenario.of(
            "fact21: marks",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            -A PREROUTING -p udp -j MARK --set-mark 0x0f
            -A PREROUTING -p udp -j MARK --set-xmark 0x35/0x30
            -A PREROUTING -p udp -m mark --mark 0x3a
            -A PREROUTING -p udp -m mark --mark 0x2a/0xffff
            -A PREROUTING -p udp -m mark --mark 0x0a/0x0f
            -A PREROUTING -p udp -m mark --mark 0x3a/0x0f
            -A PREROUTING -p udp -m mark ! --mark 0x3a/0x0f
            -A PREROUTING -p udp -j CONNMARK --save-mark --nfmask 0x0f --ctmask 0xff
            -A PREROUTING -p udp -m connmark --mark 0x0a/0xff
            -A PREROUTING -p udp -m connmark --mark 0x3a/0x0f
            -A PREROUTING -p udp -j MARK --set-mark 0
            -A PREROUTING -p udp -j CONNMARK --restore-mark --nfmask 0xf0 --ctmask 0x08
            -A PREROUTING -p udp -m mark --mark 0x08
            -A PREROUTING -p udp -j MARK --or-mark 0x100
            -A PREROUTING -p udp -j MARK --and-mark 0x1f0
            -A PREROUTING -p udp -j MARK --xor-mark 0x111
            -A FORWARD -p udp -m mark --mark 0x11
            COMMIT
            """));
  }
}
