package dev.kproxy.compile.ipvs;

import dev.kproxy.net.Ip;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.plan.TrafficPolicy;
import java.util.List;

/// An address and a port at which a Service port is reached: one virtual server.
///
/// @param bound whether the interface `kube-ipvs0` has the address, without which the kernel would
///   not take the packet for one to this host, where alone virtual servers see it
record Entrance(Kind kind, ServicePlan service, Ip ip, int port, boolean bound) {
  /// What the address is to the Service.
  enum Kind {
    CLUSTER_IP,
    EXTERNAL_IP,
    LOAD_BALANCER,
    NODE_PORT
  }

  Frontend frontend() {
    return service.frontend();
  }

  TrafficPolicy policy() {
    return kind == Kind.CLUSTER_IP ? frontend().internalPolicy() : frontend().externalPolicy();
  }

  boolean isLocal() {
    return policy() == TrafficPolicy.LOCAL;
  }

  /// The endpoints that connections are spread over. A Local policy falls back to those of the
  /// cluster where this node has none: Pods of this node then still reach the Service.
  List<ServiceEndpoint> endpoints() {
    List<ServiceEndpoint> local = service.endpoints().local();
    return isLocal() && !local.isEmpty() ? local : service.endpoints().cluster();
  }
}
