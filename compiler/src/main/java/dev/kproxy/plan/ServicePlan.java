package dev.kproxy.plan;

/// One Service port in one IP family: where it is reached and where its traffic goes.
public record ServicePlan(Frontend frontend, EndpointSet endpoints) {

  /// Whether traffic to the cluster IP finds an endpoint.
  public boolean hasInternalEndpoints() {
    return endpoints.usable() && hasEndpointsFor(frontend.internalPolicy());
  }

  /// Whether traffic from outside finds an endpoint.
  public boolean hasExternalEndpoints() {
    return endpoints.usable() && hasEndpointsFor(frontend.externalPolicy());
  }

  private boolean hasEndpointsFor(TrafficPolicy policy) {
    return policy == TrafficPolicy.CLUSTER || !endpoints.local().isEmpty();
  }
}
