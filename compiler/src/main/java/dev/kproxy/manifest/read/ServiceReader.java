package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.FamilyPolicy;
import dev.kproxy.manifest.Service.Ingress;
import dev.kproxy.manifest.Service.Policy;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads Services.
final class ServiceReader {
  private static final int DEFAULT_AFFINITY_SECONDS = 10800;

  private final Pool pool;

  ServiceReader(Pool pool) {
    this.pool = pool;
  }

  Optional<Service> read(Fields service, ObjectName name, Location location) {
    Fields spec = service.object("spec");
    List<String> clusterIps = clusterIps(spec);
    List<Ip> ips = addresses(clusterIps);
    return Optional.of(
        new Service(
            pool.share(name.namespace()),
            name.name(),
            location,
            type(spec),
            clusterIps.equals(List.of("None")),
            ips,
            families(spec, ips),
            familyPolicy(spec),
            ports(spec),
            addresses(spec.texts("externalIPs")),
            ingresses(service.object("status").object("loadBalancer")),
            sourceRanges(spec),
            policy(spec, "externalTrafficPolicy"),
            policy(spec, "internalTrafficPolicy"),
            affinity(spec),
            spec.number("healthCheckNodePort", 0),
            spec.flag("allocateLoadBalancerNodePorts", true),
            !spec.entries("selector").isEmpty(),
            hasLabel(service, "service.kubernetes.io/service-proxy-name")));
  }

  private static Service.Type type(Fields spec) {
    return switch (spec.text("type")) {
      case "NodePort" -> Service.Type.NODE_PORT;
      case "LoadBalancer" -> Service.Type.LOAD_BALANCER;
      case "ExternalName" -> Service.Type.EXTERNAL_NAME;
      default -> Service.Type.CLUSTER_IP;
    };
  }

  private static List<String> clusterIps(Fields spec) {
    List<String> given = spec.texts("clusterIPs");
    String first = spec.text("clusterIP");
    return given.isEmpty() && !first.isEmpty() ? List.of(first) : given;
  }

  private static List<Ip> addresses(List<String> texts) {
    List<Ip> ips = new ArrayList<>(texts.size());
    for (String text : texts) {
      Ip.parseSloppy(text).ifPresent(ips::add);
    }
    return ips;
  }

  private static List<Family> families(Fields spec, List<Ip> clusterIps) {
    List<Family> families = new ArrayList<>(2);
    for (String text : spec.texts("ipFamilies")) {
      families.add(text.equals("IPv6") ? Family.IPV6 : Family.IPV4);
    }
    for (int i = families.size(); i < clusterIps.size(); i++) {
      families.add(clusterIps.get(i).family());
    }
    return families;
  }

  private static FamilyPolicy familyPolicy(Fields spec) {
    return switch (spec.text("ipFamilyPolicy")) {
      case "PreferDualStack" -> FamilyPolicy.PREFER_DUAL_STACK;
      case "RequireDualStack" -> FamilyPolicy.REQUIRE_DUAL_STACK;
      default -> FamilyPolicy.SINGLE_STACK;
    };
  }

  private List<ServicePort> ports(Fields spec) {
    List<ServicePort> ports = new ArrayList<>();
    for (Fields port : spec.objects("ports")) {
      ports.add(
          new ServicePort(
              pool.share(port.text("name")),
              Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
              port.number("port", 0),
              port.number("nodePort", 0)));
    }
    return ports;
  }

  private static List<Ingress> ingresses(Fields loadBalancer) {
    List<Ingress> ingresses = new ArrayList<>();
    for (Fields ingress : loadBalancer.objects("ingress")) {
      boolean proxied = ingress.text("ipMode").equals("Proxy");
      Ip.parseSloppy(ingress.text("ip")).ifPresent(ip -> ingresses.add(new Ingress(ip, proxied)));
    }
    return ingresses;
  }

  private static List<Cidr> sourceRanges(Fields spec) {
    List<Cidr> ranges = new ArrayList<>();
    for (String text : spec.texts("loadBalancerSourceRanges")) {
      Cidr.parseSloppy(text.strip()).ifPresent(ranges::add);
    }
    return ranges;
  }

  private static Policy policy(Fields spec, String name) {
    return spec.text(name).equals("Local") ? Policy.LOCAL : Policy.CLUSTER;
  }

  private static OptionalInt affinity(Fields spec) {
    if (!spec.text("sessionAffinity").equals("ClientIP")) {
      return OptionalInt.empty();
    }
    Fields client = spec.object("sessionAffinityConfig").object("clientIP");
    return OptionalInt.of(client.number("timeoutSeconds", DEFAULT_AFFINITY_SECONDS));
  }

  private static boolean hasLabel(Fields object, String label) {
    for (Value.Field entry : object.object("metadata").entries("labels")) {
      if (entry.name().equals(label)) {
        return true;
      }
    }
    return false;
  }
}
