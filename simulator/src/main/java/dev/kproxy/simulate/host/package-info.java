/// What a host answers while a packet passes it: which addresses are its own, where packets are
/// routed to, what is in a set.
@NullMarked
package dev.kproxy.simulate.host;

import org.jspecify.annotations.NullMarked;
