package dev.kproxy.diff;

import dev.kproxy.net.Family;
import java.util.List;

/// What differs in one chain.
///
/// @param before whether the old side has the chain
/// @param after whether the new side has it
/// @param lines in order; a chain that only one side has begins with its own line
public record ChainChange(
    Family family,
    String table,
    String chain,
    boolean before,
    boolean after,
    List<LineChange> lines) {
  public ChainChange {
    lines = List.copyOf(lines);
  }
}
