package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;

import java.util.List;

/// Sets of every type, and which of their entries match.
final class Sets {
  private Sets() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of(
                "fact27: sets of addresses and ports",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set ip dst
                -A FORWARD -p udp -m set --match-set ip src
                -A FORWARD -p udp -m set ! --match-set ip src
                -A FORWARD -p udp -m set --match-set ip dst,dst
                -A FORWARD -p udp -m set --match-set ipport dst,dst
                -A FORWARD -p udp -m set --match-set ipport dst
                -A FORWARD -p udp -m set ! --match-set ipport dst
                -A FORWARD -p udp -m set --match-set ipport src,dst
                -A FORWARD -p udp -m set --match-set ipport dst,src
                -A FORWARD -p udp -m set --match-set tcpport dst,dst
                -A FORWARD -p udp -m set --match-set ipportip dst,dst,src
                -A FORWARD -p udp -m set --match-set ipportip dst,dst,dst
                -A FORWARD -p udp -m set --match-set ipportnet dst,dst,src
                -A FORWARD -p udp -m set --match-set masked src
                -A FORWARD -p udp -m set --match-set ports dst
                -A FORWARD -p udp -m set --match-set ports src
                -A FORWARD -p udp -m set --match-set range dst
                COMMIT
                """)
            .withSets(
                """
                create ip hash:ip
                add ip 10.244.1.5
                create ipport hash:ip,port
                add ipport 10.244.1.5,udp:53
                create tcpport hash:ip,port
                add tcpport 10.244.1.5,tcp:53
                create ipportip hash:ip,port,ip
                add ipportip 10.244.1.5,udp:53,203.0.113.5
                create ipportnet hash:ip,port,net
                add ipportnet 10.244.1.5,udp:53,203.0.113.0/24
                create masked hash:ip netmask 24
                add masked 203.0.113.0
                create ports bitmap:port range 0-1023
                add ports 53
                create range bitmap:ip range 10.244.0.0/16
                add range 10.244.1.5
                """),
        Scenario.of(
                "fact27: sets of networks",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set net src
                -A FORWARD -p udp -m set --match-set net dst
                -A FORWARD -p udp -m set --match-set net dst --return-nomatch
                -A FORWARD -p udp -m set --match-set net src --return-nomatch
                -A FORWARD -p udp -m set ! --match-set net dst --return-nomatch
                -A FORWARD -p udp -m set --match-set netport dst,dst
                -A FORWARD -p udp -m set --match-set netiface src,src
                -A FORWARD -p udp -m set --match-set netiface src,dst
                -A FORWARD -p udp -m set --match-set netiface dst,dst
                -A PREROUTING -p udp -m set --match-set netiface dst,dst
                -A FORWARD -p udp -m set --match-set list dst
                -A FORWARD -p udp -m set --match-set list src
                -A FORWARD -p udp -m set --match-set list dst,dst
                -A FORWARD -p udp -m set ! --match-set list src,src
                -A FORWARD -p udp -m set --match-set list dst --return-nomatch
                COMMIT
                """)
            .withSets(
                """
                create net hash:net
                add net 203.0.113.0/24
                add net 10.244.0.0/16
                add net 10.244.1.0/24 nomatch
                create netport hash:net,port
                add netport 10.244.0.0/16,udp:53
                create netiface hash:net,iface
                add netiface 203.0.113.0/24,eth0
                add netiface 10.244.1.0/24,cni wildcard
                create list list:set
                create hidden hash:ip
                add hidden 10.9.9.9
                create ipport hash:ip,port
                add ipport 10.244.1.5,udp:53
                add list hidden
                add list net
                add list ipport
                """),
        Scenario.of(
                "fact27: sets of types that not every kernel has",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set marked dst,src
                -A FORWARD -p udp -j MARK --set-mark 0x1234
                -A FORWARD -p udp -m set --match-set marked dst,src
                -A FORWARD -p udp -m set --match-set netnet src,dst
                -A FORWARD -p udp -m set --match-set netnet dst,src
                -A FORWARD -p udp -m set --match-set netportnet src,dst,dst
                COMMIT
                """)
            .withSets(
                """
                create marked hash:ip,mark markmask 0xff00
                add marked 10.244.1.5,0x1200
                create netnet hash:net,net
                add netnet 203.0.113.0/24,10.0.0.0/8
                add netnet 203.0.113.0/24,10.244.1.0/24 nomatch
                add netnet 203.0.112.0/20,10.244.1.5/32
                add netnet 10.244.1.5/32,203.0.113.5/32
                create netportnet hash:net,port,net
                add netportnet 203.0.113.0/24,udp:53,10.244.1.0/24
                """),
        Scenario.of(
                "fact27: sets of IPv6",
                "client",
                "udp,2001:db8::5,4000,fd00:10:244:1::5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set ip dst
                -A FORWARD -p udp -m set --match-set net src
                -A FORWARD -p udp -m set --match-set ports dst
                -A FORWARD -p udp -m set --match-set ipport dst,dst
                COMMIT
                """)
            .withSets(
                """
                create ip hash:ip family inet6
                add ip fd00:10:244:1::5
                create net hash:net family inet6
                add net 2001:db8::/32
                create ports bitmap:port range 0-1023
                add ports 53
                create ipport hash:ip,port family inet6
                add ipport fd00:10:244:1::5,udp:53
                """));
  }
}
