/// Sets of packets: products of sets of values, one for each field that rules ask for.
@NullMarked
package dev.kproxy.symbolic.packet;

import org.jspecify.annotations.NullMarked;
