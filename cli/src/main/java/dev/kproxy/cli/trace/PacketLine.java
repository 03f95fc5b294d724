package dev.kproxy.cli.trace;

import dev.kproxy.simulate.Packet;

/// A packet of a stream, and what its line calls it.
///
/// @param id the text of its `id`, or the number of its line
/// @param numeric whether the id is a number
public record PacketLine(String id, boolean numeric, Packet packet) {}
