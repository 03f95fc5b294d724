/// From a plan to what IPVS mode programs: sets of addresses, virtual servers, the addresses of the
/// interface `kube-ipvs0`, and a few rules of iptables that never name a Service but ask the sets.
///
/// What kube-proxy decides is decided in `plan`, once for all modes. Where IPVS mode decides
/// otherwise stands in [dev.kproxy.compile.ipvs.Entrances] and nowhere else.
///
/// A printed line is found from [dev.kproxy.compile.ipvs.IpvsCompiler] in two hops:
/// [dev.kproxy.compile.ipvs.SetEntries] fills the sets that [dev.kproxy.compile.ipvs.KubeSet]
/// names, [dev.kproxy.compile.ipvs.IpvsRules] writes the rules, and
/// [dev.kproxy.compile.ipvs.VirtualServers] the virtual servers.
@NullMarked
package dev.kproxy.compile.ipvs;

import org.jspecify.annotations.NullMarked;
