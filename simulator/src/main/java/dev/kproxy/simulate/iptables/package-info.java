/// The machine that says what the kernel does with one packet under iptables rules.
///
/// [IptablesMachine] holds a rule set and the facts of a host. For each packet a [Walk] takes
/// branches through the stages of the kernel's path ([Stage]) and the rules of their chains; a draw
/// splits a branch in two, branches that agree again are joined. Where something is asked that
/// nobody told, the walk ends and two more begin, one for each answer ([Worlds]).
@NullMarked
package dev.kproxy.simulate.iptables;

import org.jspecify.annotations.NullMarked;
