/// What IPVS mode has on a host beside tables: the sets that rules ask, virtual servers with their
/// real ones, and the addresses of the interface `kube-ipvs0`.
///
/// The kernel changes these one at a time, so what is new is made before anything leads to it, and
/// what is old goes when nothing leads to it any more:
///
/// ```
/// sets, entries | tables | servers, real servers, addresses | weight 0, drained, addresses, servers, entries, sets
/// ```
///
/// No tool is believed: what it did is read back and compared as values.
@NullMarked
package dev.kproxy.host.ipvs;

import org.jspecify.annotations.NullMarked;
