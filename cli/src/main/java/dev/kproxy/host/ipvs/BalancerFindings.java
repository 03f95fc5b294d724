package dev.kproxy.host.ipvs;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.Finding;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsPrinter;
import java.util.ArrayList;
import java.util.List;

/// Tells a change as what is not as it should be, thing by thing.
public final class BalancerFindings {
  private final List<Finding> findings = new ArrayList<>();

  private BalancerFindings() {}

  /// What a host lacks, and what it has that was not applied.
  public static List<Finding> of(BalancerChange change) {
    BalancerFindings findings = new BalancerFindings();
    change.sets().forEach(findings::add);
    change.servers().forEach(findings::add);
    findings.addInterface(change);
    return List.copyOf(findings.findings);
  }

  private void add(SetChange change) {
    String place = "set " + change.set().name();
    switch (change.kind()) {
      case ADDED -> find(place, "is missing");
      case REMOVED -> find(place, "was not applied");
      case REPLACED -> find(place, "has other options than were applied");
      case CHANGED -> {
        for (Entry entry : change.added()) {
          find(place, "is missing: " + IpsetPrinter.print(entry, change.set()));
        }
        for (Entry entry : change.removed()) {
          find(place, "was not applied: " + IpsetPrinter.print(entry, change.set()));
        }
      }
    }
  }

  private void add(ServerChange change) {
    String place = "virtual server " + change.address();
    switch (change.kind()) {
      case ADDED -> {
        find(place, "is missing");
        return;
      }
      case REMOVED -> {
        find(place, "was not applied");
        return;
      }
      case CHANGED -> find(place, "was applied as " + IpvsPrinter.line(change.server()));
      case KEPT -> {}
    }
    change.added().forEach(real -> find(place, "is missing: " + real.socket()));
    change
        .changed()
        .forEach(real -> find(place, "was applied as " + IpvsPrinter.line(change.address(), real)));
    change.removed().forEach(real -> find(place, "was not applied: " + real.socket()));
  }

  private void addInterface(BalancerChange change) {
    String place = "interface " + KubeProxyNames.INTERFACE;
    if (change.interfaceAdded()) {
      find(place, "is missing");
    } else if (change.interfaceRemoved()) {
      find(place, "was not applied");
    } else {
      change.bound().forEach(ip -> find(place, "is missing: " + ip));
      change.unbound().forEach(ip -> find(place, "was not applied: " + ip));
    }
  }

  private void find(String place, String message) {
    findings.add(new Finding(place, message));
  }
}
