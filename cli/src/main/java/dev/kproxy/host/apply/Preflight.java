package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.Host.Capability;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.HostFault.Kind;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds out, before anything begins, all that stands in the way.
final class Preflight {
  private final Host host;
  private final Backend backend;
  private final List<Family> families;
  private final List<HostFault> faults = new ArrayList<>();

  Preflight(Host host, Backend backend, List<Family> families) {
    this.host = host;
    this.backend = backend;
    this.families = families;
  }

  /// Looks at tools, privileges and who else is there.
  ///
  /// @param counters whether accounting objects are needed
  /// @param sysctls whether settings are written
  /// @param balancer whether sets and virtual servers are read
  /// @throws HostFault that names all that was found; its kind is that of the gravest
  void check(boolean counters, boolean sysctls, boolean balancer) throws HostFault {
    privileges();
    tools(counters, sysctls, balancer);
    others(
        "; where only iptables-"
            + backend.other()
            + " has rules, --backend "
            + backend.other()
            + " adds to them");
    raise();
  }

  /// The same for a way back, which nobody else stands in: who is there is noted.
  void checkBack(boolean counters, boolean sysctls, boolean balancer, Progress progress)
      throws HostFault {
    privileges();
    tools(counters, sysctls, balancer);
    raise();
    try {
      others("");
    } catch (HostFault e) {
      faults.add(e);
    }
    faults.forEach(fault -> progress.note(fault.getMessage()));
  }

  /// @param advice what can be done about rules of the other backend
  private void others(String advice) throws HostFault {
    String live = host.liveKubeProxy();
    if (!live.isEmpty()) {
      faults.add(HostFault.refused(live + ": it would write its own rules over these"));
    }
    if (faults.isEmpty()) {
      otherBackend(advice);
    }
  }

  private void privileges() throws HostFault {
    List<Capability> needed =
        backend == Backend.NFT
            ? List.of(Capability.CAP_NET_ADMIN)
            : List.of(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW);
    for (Capability lacking : host.lacking(needed)) {
      faults.add(new HostFault(Kind.PRIVILEGE, "the privilege " + lacking + " is missing"));
    }
  }

  private void tools(boolean counters, boolean sysctls, boolean balancer) {
    Set<String> needed = new LinkedHashSet<>(backend.tools(families));
    if (counters) {
      needed.add("nfacct");
    }
    if (sysctls) {
      needed.add("sysctl");
    }
    if (balancer) {
      needed.addAll(Balancing.TOOLS);
    }
    for (String tool : needed) {
      if (!host.has(tool)) {
        faults.add(new HostFault(Kind.TOOL, tool + " is not installed"));
      }
    }
  }

  /// With rules in both, each packet passes both, and no tool shows all of them.
  private void otherBackend(String advice) throws HostFault {
    Backend other = backend.other();
    if (!other.tools(families).stream().allMatch(host::has)) {
      return;
    }
    List<String> used = new ArrayList<>();
    Tables.read(host, other, families, Map.of())
        .all()
        .forEach(
            (key, table) -> {
              if (!table.isBlank()) {
                used.add(key.toString());
              }
            });
    if (!used.isEmpty()) {
      faults.add(
          HostFault.refused(
              "iptables-%s has rules in %s, and each packet passes those and the rules of iptables-%s%s"
                  .formatted(other, String.join(", ", used), backend, advice)));
    }
  }

  private void raise() throws HostFault {
    if (!faults.isEmpty()) {
      Kind kind =
          faults.stream().map(HostFault::kind).anyMatch(it -> it == Kind.PRIVILEGE)
              ? Kind.PRIVILEGE
              : faults.getFirst().kind();
      throw new HostFault(
          kind, String.join("; ", faults.stream().map(HostFault::getMessage).toList()));
    }
  }
}
