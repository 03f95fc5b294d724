#!/bin/sh
# Makes a set of every type with every kind of entry and option, in the network namespace that it runs in.
# What this kernel or this ipset does not know is left out, in silence.
set_up() { while read -r line; do printf '%s\n' "$line" | ipset restore 2>/dev/null; done; }
set_up <<'END'
create ip hash:ip netmask 24 timeout 2000000 counters comment skbinfo forceadd
add ip 10.0.0.1 comment "two words; # $x \ '" packets 3 bytes 18446744073709551614 skbmark 0x1/0xff skbprio 1:10 skbqueue 3 timeout 0
add ip 10.0.1.1 skbmark 0x10 skbprio ffff:0
create ip-bitmask hash:ip bitmask 255.255.0.255
add ip-bitmask 10.0.7.1
create ip6 hash:ip family inet6 hashsize 64 maxelem 100 bucketsize 4
add ip6 ::ffff:10.0.0.1
add ip6 ::10.0.0.1
add ip6 ::1
add ip6 2001:db8::1:0:0:1
add ip6 1:0:0:2::
create ip6-netmask hash:ip family inet6 netmask 64
add ip6-netmask fe80::1:2:3:4
create ip,mark hash:ip,mark markmask 0xffff
add ip,mark 10.0.0.1,0x10063
create ip,port hash:ip,port
add ip,port 10.0.0.1,tcp:80
add ip,port 10.0.0.1,udp:53
add ip,port 10.0.0.1,sctp:9
add ip,port 10.0.0.1,udplite:7
add ip,port 10.0.0.1,icmp:echo-request
add ip,port 10.0.0.1,icmp:13/7
add ip,port 10.0.0.1,esp:0
add ip,port 10.0.0.1,gre:0
add ip,port 10.0.0.1,200:0
add ip,port 10.0.0.8/30,tcp:100-102
create ip,port-netmask hash:ip,port netmask 24
add ip,port-netmask 10.0.0.1,tcp:80
create ip6,port hash:ip,port family inet6
add ip6,port fe80::1,icmpv6:1/4
add ip6,port fe80::1,icmpv6:neighbour-solicitation
add ip6,port fe80::1,ipv6-icmp:200/1
add ip6,port fe80::1,tcp:1
create ip,port,ip hash:ip,port,ip comment
add ip,port,ip 10.0.0.1,tcp:80,10.0.0.1 comment "x"
add ip,port,ip 10.0.0.1,tcp:81,10.0.0.1
create ip,port,net hash:ip,port,net
add ip,port,net 10.0.0.1,tcp:80,10.0.0.0/24
add ip,port,net 10.0.0.1,tcp:80,10.0.0.5 nomatch
add ip,port,net 10.0.0.1,udp:80,10.0.1.0-10.0.1.9
create net hash:net counters
add net 10.0.0.0/8
add net 10.1.0.0/16 nomatch
add net 10.1.1.1
add net 0.0.0.0/1
create net6 hash:net family inet6
add net6 fe80::/64
add net6 ::ffff:1.2.3.0/120
create net,net hash:net,net
add net,net 10.0.0.0/8,10.1.0.0/16 nomatch
add net,net 10.0.0.0/8,10.1.1.1
create net,port hash:net,port
add net,port 10.0.0.0/8,tcp:80
add net,port 10.0.0.0/9,tcp:0 nomatch
create net,port,net hash:net,port,net
add net,port,net 10.0.0.0/8,tcp:80,10.0.0.0/24
create net,iface hash:net,iface
add net,iface 10.0.0.0/8,eth0
add net,iface 10.0.0.0/8,physdev:eth1
add net,iface 10.0.0.0/8,cali wildcard
add net,iface 0.0.0.0/0,x
add net,iface 10.1.0.0/16,x+ nomatch
create mac hash:mac
add mac 00:11:22:33:44:ab
create ip,mac hash:ip,mac
add ip,mac 10.0.0.1,00:11:22:33:44:ab
create bitmap-ip bitmap:ip range 10.0.0.0/24
add bitmap-ip 10.0.0.3
add bitmap-ip 10.0.0.8-10.0.0.9
create bitmap-ip-netmask bitmap:ip range 10.0.0.0/16 netmask 24 timeout 0 counters comment skbinfo
add bitmap-ip-netmask 10.0.3.0
create bitmap-ip-odd bitmap:ip range 10.0.0.5-10.0.0.77
create bitmap-ip,mac bitmap:ip,mac range 10.0.0.0/24
add bitmap-ip,mac 10.0.0.1,00:11:22:33:44:ab
add bitmap-ip,mac 10.0.0.2
create bitmap-port bitmap:port range 100-200
add bitmap-port 100-102
add bitmap-port tcp:110
create list list:set size 4 counters comment timeout 0
add list ip6
add list net
create weave-;#|!{}[]$~?^() hash:ip
create -A hash:ip
create Straße hash:ip
create thirty-one-bytes-are-the-limit- hash:ip
END
