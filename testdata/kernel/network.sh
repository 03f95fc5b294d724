#!/bin/sh
# Makes interfaces, addresses and routes of many forms in the network namespace that it runs in, and leaves in
# the directory $1 what ip, sysctl and /proc say of them.
set -eu
ip link set lo up
ip link add v0 type veth peer name v1
ip link add br0 type bridge
ip link add d0 type bridge
ip link set v0 up
ip link set v1 up
ip link set br0 up
ip address add 10.0.0.1/24 dev v0
ip address add 10.0.0.2/24 dev v0 label v0:x
ip address add 10.9.0.1 peer 10.9.0.2/32 dev v0
ip address add 10.0.5.1/24 brd + dev v1 valid_lft 500 preferred_lft 100
ip address add 10.0.6.1/24 scope link dev v1
ip address add 10.96.0.10/32 dev d0
ip address add 2001:db8::1/64 dev v0
ip address add 2001:db8::9 peer 2001:db8:9::1/128 dev v0
ip address add 2001:db8::5/64 dev v0 preferred_lft 0 valid_lft 100
ip address add fd00::1/64 dev br0

ip route add default via 10.0.0.254 dev v0 metric 100 src 10.0.0.2
ip route add default via 10.0.0.253 dev v0 metric 50
ip route add blackhole 10.8.0.0/16
ip route add unreachable 10.8.1.0/24 metric 5
ip route add prohibit 10.8.2.0/24
ip route add throw 10.8.3.0/24 table 100
ip route add 10.20.0.0/16 nexthop via 10.0.0.3 dev v0 weight 2 nexthop via 10.0.5.7 dev v1 weight 1
ip route add 10.21.0.0/16 via inet6 fe80::1 dev v0
ip route add 10.22.0.0/16 via 99.9.9.9 dev v0 onlink proto static mtu 1400 advmss 1300
ip route add 10.23.0.0/16 dev v1 scope link table 200 proto bird
ip route add 10.24.0.0/16 tos 0x10 dev v0
ip route add 10.60.0.0/16 encap ip id 1 dst 10.0.0.5 dev v0
ip route add 10.61.0.0/16 via 10.0.0.7 dev v0 quickack 1 initcwnd 10 rtt 30ms realm 3/4 features ecn
ip route add local 10.77.0.0/16 dev lo
ip route add multicast 239.0.0.0/8 dev v0
ip route add broadcast 10.50.0.0/24 dev v0
ip route add anycast 10.3.3.3 dev v0
ip -6 route add default via fe80::1 dev v0 metric 1024
ip -6 route add blackhole 2001:db8:5::/48
ip -6 route add unreachable ::ffff:0.0.0.0/96
ip -6 route add 2001:db8:6::/48 nexthop via fe80::1 dev v0 weight 1 nexthop via fe80::2 dev v1 weight 3
ip -6 route add 2001:db8:7::/48 from 2001:db8::/64 dev v0
ip -6 route add unreachable default table 100 metric 7
ip link set v1 down
sleep 3

ip address > "$1/ip-addr.txt"
ip -o address > "$1/ip-o-addr.txt"
ip -d -s address > "$1/ip-d-s-addr.txt"
ip -j address > "$1/ip-j-addr.json"
{ ip -4 route show table all; ip -6 route show table all; } > "$1/ip-route.txt"
{ ip -4 -o -d route show table all; ip -6 -o -d route show table all; } > "$1/ip-o-d-route.txt"
{ ip -4 -j route show table all; ip -6 -j route show table all; } > "$1/ip-j-route.json"
sysctl -a 2>&1 | grep -E '\.(rp_filter|route_localnet|ip_forward|ip_local_port_range) ' > "$1/sysctl.txt"

iptables -A OUTPUT -m recent --name recorded --rdest --set
ip6tables -A OUTPUT -m recent --name recorded6 --rdest --set
for port in 1 2 3; do
  for address in 127.0.0.1 127.0.0.2 ::1; do
    bash -c "echo > /dev/udp/$address/$port" 2> /dev/null || true
  done
done
cat /proc/net/xt_recent/recorded > "$1/recent.txt"
cat /proc/net/xt_recent/recorded6 > "$1/recent6.txt"
