package dev.kproxy.symbolic;

import dev.kproxy.simulate.Trace;
import dev.kproxy.symbolic.packet.PacketSet;

/// Packets that fare alike on either side, but not the same on both.
///
/// @param packets all of them
/// @param isExact whether the others are known to fare as the one that was traced; they are not
///   where a hash of their addresses decides, or where they are from so many sources that not each
///   was traced
/// @param before what became of one of them on the old side, without its path
/// @param after what became of it on the new side
public record Difference(PacketSet packets, boolean isExact, Trace before, Trace after) {}
