/// The matches: what each says of a packet, as far as it can be known.
@NullMarked
package dev.kproxy.simulate.iptables.match;

import org.jspecify.annotations.NullMarked;
