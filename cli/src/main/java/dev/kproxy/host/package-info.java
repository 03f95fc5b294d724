/// The host that rules are put on: its tools, its network namespace, and what they answer.
///
/// Everything that kproxy does to a kernel passes through [dev.kproxy.host.Host]; the packages
/// below it decide what is to be done: `rules` compares rules as text, `ipvs` what IPVS mode has
/// beside them as values, `flow` finds flows that go to endpoints which serve no more, `state`
/// keeps what must outlive a process, `plan` finds the way from what a host has to what it shall
/// have, and `apply` holds the protocol.
@NullMarked
package dev.kproxy.host;

import org.jspecify.annotations.NullMarked;
