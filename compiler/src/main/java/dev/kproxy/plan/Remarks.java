package dev.kproxy.plan;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Service;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a user should know of a cluster before relying on its rules: manifests as they stand in git
/// lack what a cluster adds to them.
public final class Remarks {
  private final NodeFacts node;
  private final List<Family> families;
  private final boolean allocated;
  private final boolean zoneUnknown;
  private final Set<String> servicesWithSlices = new HashSet<>();
  private final Set<String> servicesWithHints = new HashSet<>();
  private final Set<String> servicesWithZones = new HashSet<>();
  private final List<Diagnostic> notes = new ArrayList<>();

  private Remarks(Manifests manifests, NodeFacts node, List<Family> families, boolean allocated) {
    this.node = node;
    this.families = families;
    this.allocated = allocated;
    this.zoneUnknown =
        manifests.nodes().stream().noneMatch(known -> known.name().equals(node.name()));
    for (EndpointSlice slice : manifests.slices()) {
      String service = slice.namespacedService();
      servicesWithSlices.add(service);
      boolean zones = false;
      boolean nodes = false;
      for (Endpoint endpoint : slice.endpoints()) {
        zones |= !endpoint.zones().isEmpty();
        nodes |= !endpoint.nodes().isEmpty();
      }
      if (zones) {
        servicesWithZones.add(service);
      }
      if (zones || nodes) {
        servicesWithHints.add(service);
      }
    }
  }

  /// The notes on the Services of the input, in its order.
  ///
  /// @param families whose rules are made
  /// @param allocated whether an [Allocator] has given cluster IPs, and noted where it has none
  public static List<Diagnostic> of(
      Manifests manifests, NodeFacts node, List<Family> families, boolean allocated) {
    Remarks remarks = new Remarks(manifests, node, families, allocated);
    for (Service service : manifests.services()) {
      if (!service.headless()
          && !service.otherProxy()
          && service.type() != Service.Type.EXTERNAL_NAME) {
        remarks.remark(service);
      }
    }
    return List.copyOf(remarks.notes);
  }

  private void remark(Service service) {
    String key = service.namespacedName();
    if (service.clusterIps().isEmpty() && !allocated) {
      note(
          Code.NO_CLUSTER_IP,
          service,
          "spec.clusterIP",
          "not given by a cluster yet, so it makes no rules; --allocate gives one");
    }
    if (service.hasSelector() && !servicesWithSlices.contains(key)) {
      note(
          Code.NO_ENDPOINTS,
          service,
          "spec.selector",
          "no EndpointSlice of the input belongs to it: traffic to such a Service is rejected");
    }
    if (node.name().isEmpty()) {
      remarkWithoutNode(service, servicesWithHints.contains(key));
    } else if (zoneUnknown && servicesWithZones.contains(key) && takesAllEndpoints(service)) {
      note(
          Code.NO_NODE,
          service,
          "",
          "its endpoints carry hints for zones, but no Node tells the zone of "
              + Printable.quote(node.name()));
    }
    families.forEach(family -> remarkSources(service, family));
  }

  /// Whether any of its traffic may go to endpoints of other nodes, which is what hints are for.
  private static boolean takesAllEndpoints(Service service) {
    return service.internalPolicy() == Service.Policy.CLUSTER
        || service.type() != Service.Type.CLUSTER_IP
        || !service.externalIps().isEmpty();
  }

  /// A node that the ranges of a load balancer let in may use its address like any client.
  private void remarkSources(Service service, Family family) {
    List<Cidr> ranges = Lists.filter(service.sourceRanges(), range -> range.family() == family);
    if (!node.ips().containsKey(family)
        && !ranges.isEmpty()
        && ranges.stream().allMatch(range -> range.prefix() > 0)
        && service.clusterIps().stream().anyMatch(ip -> ip.family() == family)
        && service.ingresses().stream()
            .anyMatch(it -> !it.proxied() && it.ip().family() == family)) {
      note(
          Code.NO_NODE,
          service,
          "spec.loadBalancerSourceRanges",
          "whether they let the node itself in is open, since its own "
              + family
              + " address is not told; --node-ip tells it");
    }
  }

  private void remarkWithoutNode(Service service, boolean hints) {
    if (service.internalPolicy() == Service.Policy.LOCAL) {
      note(
          Code.NO_NODE,
          service,
          "spec.internalTrafficPolicy",
          "Local, but without --node no endpoint is local");
    } else if (service.externalPolicy() == Service.Policy.LOCAL) {
      note(
          Code.NO_NODE,
          service,
          "spec.externalTrafficPolicy",
          "Local, but without --node no endpoint is local");
    } else if (hints) {
      note(
          Code.NO_NODE,
          service,
          "",
          "its endpoints carry hints, but without --node no zone or node is known");
    }
  }

  private void note(Code code, Service service, String field, String message) {
    notes.add(
        new Diagnostic(
            Severity.NOTE,
            code,
            Optional.of(service.location()),
            service.describe(),
            field,
            message));
  }
}
