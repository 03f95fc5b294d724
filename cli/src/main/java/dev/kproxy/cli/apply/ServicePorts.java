package dev.kproxy.cli.apply;

import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Backend;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServicePlan;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The Service ports of plans, as a host remembers them.
final class ServicePorts {
  private ServicePorts() {}

  static List<ServicePort> of(List<Plan> plans) {
    return plans.stream().flatMap(plan -> plan.services().stream()).map(ServicePorts::of).toList();
  }

  private static ServicePort of(ServicePlan service) {
    Frontend frontend = service.frontend();
    Set<String> at = new TreeSet<>();
    Stream.of(
            Stream.of(frontend.clusterIp()),
            frontend.externalIps().stream(),
            frontend.loadBalancerIps().stream())
        .flatMap(ips -> ips)
        .map((Ip ip) -> ip.withPort(frontend.port()))
        .forEach(at::add);
    if (frontend.nodePort() != 0) {
      at.add("*:" + frontend.nodePort());
    }
    Set<String> serving = new TreeSet<>();
    if (frontend.name().protocol() == Protocol.UDP) {
      service.endpoints().all().stream()
          .filter(backend -> backend.endpoint().serving())
          .map(Backend::address)
          .forEach(serving::add);
    }
    return new ServicePort(frontend.name().toString(), frontend.name().protocol(), at, serving);
  }
}
