/// The way of a packet through the hooks, in all the worlds that it may be in: branches with exact
/// shares, joined where they agree again.
@NullMarked
package dev.kproxy.simulate.iptables.walk;

import org.jspecify.annotations.NullMarked;
