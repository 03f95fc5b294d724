package dev.kproxy.host.plan;

import dev.kproxy.host.Finding;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import java.util.List;
import java.util.Optional;

/// What a host has, against what was applied.
///
/// @param installed what was applied, if anything
/// @param generation its rules
/// @param findings all that is not as it was
public record Status(
    Optional<Installed> installed, Optional<Generation> generation, List<Finding> findings) {
  public Status {
    findings = List.copyOf(findings);
  }
}
