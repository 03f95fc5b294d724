package dev.kproxy.plan;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Decides what kube-proxy decides before it writes rules.
public final class Planner {
  /// `largeClusterEndpointsThreshold` of `pkg/proxy/iptables/proxier.go`.
  private static final int LARGE_CLUSTER = 1000;

  private final Manifests manifests;
  private final ProxyConfiguration configuration;
  private final NodeFacts node;

  /// A planner of the rules of `node` for the cluster that `manifests` describe.
  public Planner(Manifests manifests, ProxyConfiguration configuration, NodeFacts node) {
    this.manifests = manifests;
    this.configuration = configuration;
    this.node = node;
  }

  /// The plan of one family.
  public Plan plan(Family family) {
    Map<String, List<EndpointSlice>> slices = slicesByService(family);
    List<ServicePlan> services = new ArrayList<>();
    for (Service service : manifests.services()) {
      clusterIp(service, family)
          .ifPresent(ip -> addPorts(services, service, ip, slicesOf(service, slices)));
    }
    services.sort((a, b) -> a.frontend().name().compareTo(b.frontend().name()));
    NodePortAddresses nodePorts = NodePortAddresses.of(configuration, node, family);
    return new Plan(
        family,
        node.ip(family),
        LocalDetector.of(configuration, node, family),
        nodePorts,
        configuration.localhostNodePorts() && nodePorts.containsLoopback(),
        1 << configuration.masqueradeBit(),
        configuration.masqueradeAll(),
        !configuration.conntrack().tcpBeLiberal(),
        services,
        services.stream().mapToLong(plan -> plan.endpoints().all().size()).sum() > LARGE_CLUSTER);
  }

  /// The cluster IP under which a Service has rules in `family`, if kube-proxy makes any for it
  /// there.
  private static Optional<Ip> clusterIp(Service service, Family family) {
    if (service.otherProxy() || service.type() == Service.Type.EXTERNAL_NAME) {
      return Optional.empty();
    }
    List<Ip> ips = Lists.filter(service.clusterIps(), ip -> ip.family() == family);
    return ips.isEmpty() ? Optional.empty() : Optional.of(ips.getFirst());
  }

  /// The slices that kube-proxy sees, by `namespace/service`; those of one Service by name, since
  /// of two live endpoints with one address the later one counts.
  private Map<String, List<EndpointSlice>> slicesByService(Family family) {
    Map<String, List<EndpointSlice>> byService = new HashMap<>();
    for (EndpointSlice slice : manifests.slices()) {
      if (!slice.headless()
          && !slice.service().isEmpty()
          && slice.family().filter(family::equals).isPresent()) {
        byService.computeIfAbsent(slice.namespacedService(), _ -> new ArrayList<>(1)).add(slice);
      }
    }
    byService.values().forEach(list -> list.sort((a, b) -> a.name().compareTo(b.name())));
    return byService;
  }

  private static List<EndpointSlice> slicesOf(
      Service service, Map<String, List<EndpointSlice>> slices) {
    return slices.getOrDefault(service.namespacedName(), List.of());
  }

  private void addPorts(
      List<ServicePlan> services, Service service, Ip clusterIp, List<EndpointSlice> slices) {
    for (ServicePort port : service.ports()) {
      Frontend frontend = frontend(service, port, clusterIp);
      List<ServiceEndpoint> endpoints = endpoints(slices, frontend.name());
      services.add(
          new ServicePlan(
              frontend,
              endpoints.isEmpty() ? EndpointSet.EMPTY : EndpointSet.of(endpoints, frontend, node)));
    }
  }

  private Frontend frontend(Service service, ServicePort port, Ip clusterIp) {
    Family family = clusterIp.family();
    List<Ip> externalIps = Lists.filter(service.externalIps(), ip -> ip.family() == family);
    List<Ip> loadBalancerIps = new ArrayList<>();
    for (Service.Ingress ingress : service.ingresses()) {
      if (!ingress.proxied() && ingress.ip().family() == family) {
        loadBalancerIps.add(ingress.ip());
      }
    }
    return new Frontend(
        new ServicePortName(service.namespace(), service.name(), port.name(), port.protocol()),
        clusterIp,
        port.port(),
        port.nodePort(),
        configuration.externalIps() ? externalIps : List.of(),
        loadBalancerIps,
        sourceRanges(service, family),
        isExternalPolicyLocal(service) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        policy(service.internalPolicy()),
        service.affinitySeconds(),
        port.nodePort() != 0 || !loadBalancerIps.isEmpty() || !externalIps.isEmpty(),
        service.needsHealthCheckNodePort() ? service.healthCheckNodePort() : 0);
  }

  private static TrafficPolicy policy(Service.Policy policy) {
    return policy == Service.Policy.LOCAL ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
  }

  /// A range of length 0 lets everybody in, as no range does.
  private static List<Cidr> sourceRanges(Service service, Family family) {
    List<Cidr> ranges = Lists.filter(service.sourceRanges(), cidr -> cidr.family() == family);
    return ranges.stream().anyMatch(cidr -> cidr.prefix() == 0) ? List.of() : ranges;
  }

  private static boolean isExternalPolicyLocal(Service service) {
    return service.externalPolicy() == Service.Policy.LOCAL
        && switch (service.type()) {
          case NODE_PORT, LOAD_BALANCER -> true;
          case CLUSTER_IP -> !service.externalIps().isEmpty();
          case EXTERNAL_NAME -> false;
        };
  }

  /// The endpoints of a Service port, each address once, ordered as text.
  private List<ServiceEndpoint> endpoints(List<EndpointSlice> slices, ServicePortName name) {
    List<ServiceEndpoint> found = new ArrayList<>();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Port port : slice.ports()) {
        OptionalInt number = port.port();
        if (port.protocol() == name.protocol()
            && port.name().equals(name.port())
            && number.isPresent()
            && number.getAsInt() != 0) {
          for (Endpoint endpoint : slice.endpoints()) {
            found.add(new ServiceEndpoint(endpoint, number.getAsInt(), isLocal(endpoint)));
          }
        }
      }
    }
    found.sort((a, b) -> a.address().compareTo(b.address()));
    return withoutDuplicates(found);
  }

  private boolean isLocal(Endpoint endpoint) {
    return !node.name().isEmpty() && endpoint.node().equals(node.name());
  }

  /// Of two endpoints with one address the later one counts, unless it is terminating: a Pod may
  /// have been given the address of one that is still shutting down.
  private static List<ServiceEndpoint> withoutDuplicates(List<ServiceEndpoint> sorted) {
    List<ServiceEndpoint> unique = new ArrayList<>(sorted.size());
    for (ServiceEndpoint endpoint : sorted) {
      int last = unique.size() - 1;
      if (last < 0 || !unique.get(last).address().equals(endpoint.address())) {
        unique.add(endpoint);
      } else if (!endpoint.inSlice().terminating()) {
        unique.set(last, endpoint);
      }
    }
    return unique;
  }
}
