package dev.kproxy.symbolic.rules;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.Ranges;

/// Whether a field of a packet has one of these values.
///
/// @param values for which the answer is yes
public record Question(Field field, Ranges values) {}
