/// The rules of a host, made ready to be asked: nothing is done for a chain that no packet comes
/// to.
@NullMarked
package dev.kproxy.simulate.iptables.chain;

import org.jspecify.annotations.NullMarked;
