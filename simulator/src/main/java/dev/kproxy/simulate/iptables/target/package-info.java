/// The targets: what each does to a packet.
@NullMarked
package dev.kproxy.simulate.iptables.target;

import org.jspecify.annotations.NullMarked;
