package dev.kproxy.cli.diff;

import dev.kproxy.cli.diff.change.Change;
import dev.kproxy.cli.diff.change.Hosts;
import dev.kproxy.cli.diff.words.Facet;
import dev.kproxy.net.Location;
import java.util.List;
import java.util.Optional;

/// One thing that is different for packets to one target, and the Service port that it is told of.
///
/// @param changes those that it was seen in, at least one
/// @param location where the Service port, or a rule for it, stands
record ServiceChange(
    Subject subject, Facet facet, Hosts hosts, List<Change> changes, Optional<Location> location) {
  ServiceChange {
    changes = List.copyOf(changes);
  }
}
