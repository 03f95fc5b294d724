/// What becomes of one packet under the rules of a host: the questions and the answers.
///
/// A [Packet] and [HostFacts] go in, a [Trace] comes out: the outcomes that are possible, each with
/// the exact share that it has, the way that the packet took, and, where something was asked that
/// nobody told, what would become of it in either case. Nothing is guessed.
///
/// `dev.kproxy.simulate.host` answers what routing, addresses and sets say,
/// `dev.kproxy.simulate.ipvs` what the load balancer of the kernel chooses;
/// `dev.kproxy.simulate.iptables` is the machine for iptables rules.
@NullMarked
package dev.kproxy.simulate;

import org.jspecify.annotations.NullMarked;
