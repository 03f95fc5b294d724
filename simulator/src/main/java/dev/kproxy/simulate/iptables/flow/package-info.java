/// What rules can ask of a packet at one moment of its way: its addresses, marks and interfaces,
/// the stage that it has come to, and its connection as tracking knows it.
@NullMarked
package dev.kproxy.simulate.iptables.flow;

import org.jspecify.annotations.NullMarked;
