package dev.kproxy.compile.iptables;

import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.plan.ServicePortName;
import dev.kproxy.plan.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;

/// The chains of one Service port: their names, and which of them there are.
public final class ServiceChains {
  private final ServicePlan plan;
  private final ServicePortName name;
  private final ChainNames names;
  private final String hash;

  /// The chains of the Service port that is planned so.
  public ServiceChains(ServicePlan plan, ChainNames names) {
    this.plan = plan;
    this.name = plan.frontend().name();
    this.names = names;
    this.hash = names.hash(name);
  }

  /// The chain that spreads traffic over the endpoints of the cluster.
  public String cluster() {
    return "KUBE-SVC-" + hash;
  }

  /// The chain that spreads traffic over the endpoints of this node.
  public String local() {
    return "KUBE-SVL-" + hash;
  }

  /// The chain that takes traffic to everything but the cluster IP.
  public String external() {
    return "KUBE-EXT-" + hash;
  }

  /// The chain that lets the source ranges of a load balancer in.
  public String firewall() {
    return "KUBE-FW-" + hash;
  }

  /// The chain that spreads traffic under `policy`.
  public String of(TrafficPolicy policy) {
    return policy == TrafficPolicy.LOCAL ? local() : cluster();
  }

  /// The chain that sends traffic to one endpoint.
  public String endpoint(ServiceEndpoint endpoint) {
    return names.endpoint(name, endpoint);
  }

  /// Whether [#external] exists: also without an endpoint for traffic from outside, since the
  /// node's own traffic may have one.
  public boolean hasExternal() {
    return plan.endpoints().usable() && plan.frontend().isExternallyAccessible();
  }

  /// Whether [#firewall] exists.
  public boolean hasFirewall() {
    Frontend frontend = plan.frontend();
    return plan.endpoints().usable()
        && !frontend.loadBalancerIps().isEmpty()
        && !frontend.sourceRanges().isEmpty();
  }

  /// The chains that exist, those of endpoints apart.
  public List<String> existing() {
    List<String> existing = new ArrayList<>(4);
    if (!plan.endpoints().cluster().isEmpty()) {
      existing.add(cluster());
    }
    if (!plan.endpoints().local().isEmpty()) {
      existing.add(local());
    }
    if (hasExternal()) {
      existing.add(external());
    }
    if (hasFirewall()) {
      existing.add(firewall());
    }
    return existing;
  }
}
