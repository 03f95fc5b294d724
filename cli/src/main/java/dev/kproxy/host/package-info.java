/// The host that rules are put on: its tools, its network namespace, and what they answer.
///
/// Everything that kproxy does to a kernel passes through [dev.kproxy.host.Host]; the packages
/// below it decide what is to be done: `rules` compares rules as text, `state` keeps what must
/// outlive a process, `apply` holds the protocol.
@NullMarked
package dev.kproxy.host;

import org.jspecify.annotations.NullMarked;
