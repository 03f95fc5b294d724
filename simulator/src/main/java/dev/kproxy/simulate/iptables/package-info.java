/// The machine that says what the kernel does with one packet under iptables rules.
///
/// [IptablesMachine] holds a rule set and the facts of a host; the packages below it are its parts,
/// each of which sees only those above it in this table:
///
/// | package | what it holds |
/// |---|---|
/// | `flow` | the packet at one moment, its connection, and the stages of its way |
/// | `match` | what each match says of it: yes, no, a draw, or unknown |
/// | `target` | what each target does to it |
/// | `chain` | the rules, made ready when a packet first comes by |
/// | `walk` | the way through the hooks, and the outcomes |
///
/// A walk takes branches through the stages and the rules of their chains; a draw splits a branch
/// in two, branches that agree again are joined. Where something is asked that nobody told, the
/// walk ends and two more begin, one for each answer.
@NullMarked
package dev.kproxy.simulate.iptables;

import org.jspecify.annotations.NullMarked;
