package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.Policy;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Metadata;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads Services with the defaults of the API server (`pkg/apis/core/v1/defaults.go`) and its
/// refusals (`pkg/apis/core/validation`).
final class ServiceReader {
  private static final int DEFAULT_AFFINITY_SECONDS = 10800;
  private static final int LONGEST_AFFINITY_SECONDS = 86400;
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> POLICIES = List.of("Cluster", "Local");

  private final Pool pool;
  private final ServicePorts servicePorts;

  ServiceReader(Pool pool) {
    this.pool = pool;
    servicePorts = new ServicePorts(pool);
  }

  Optional<Service> read(Fields service) {
    Metadata.check(service, Kind.SERVICE, Form.LABEL);
    checkTopology(service.object("metadata"));
    Fields spec = service.object("spec");
    Service.Type type = type(spec);
    ClusterIps clusterIps = ClusterIps.read(spec, type);
    if (spec.size("ports") == 0 && !clusterIps.headless() && type != Service.Type.EXTERNAL_NAME) {
      spec.fault(Code.REQUIRED, "ports", "a Service needs one at least");
    }
    checkExternalName(spec, type);
    Metadata.checkLabels(spec, "selector");
    LoadBalancer.check(spec, type);
    spec.checkOneOf("internalTrafficPolicy", POLICIES);
    spec.checkOneOf(
        "trafficDistribution", List.of("PreferClose", "PreferSameZone", "PreferSameNode"));
    Fields labels = service.object("metadata").object("labels");
    Service read =
        new Service(
            pool.share(service.report().namespace()),
            service.report().name(),
            service.report().location(),
            type,
            clusterIps.headless(),
            clusterIps.ips(),
            clusterIps.families(),
            clusterIps.policy(),
            servicePorts.read(spec, type),
            externalIps(spec),
            LoadBalancer.ingresses(service, type),
            LoadBalancer.sourceRanges(service, spec, type),
            externalPolicy(spec, type),
            policy(spec, "internalTrafficPolicy"),
            affinity(spec),
            healthCheckNodePort(spec, type),
            spec.flag("allocateLoadBalancerNodePorts", true),
            !spec.entries("selector").isEmpty(),
            labels.has("service.kubernetes.io/service-proxy-name"));
    if (service.report().failed()) {
      return Optional.empty();
    }
    remarkRanges(spec, read);
    return Optional.of(read);
  }

  private static void checkTopology(Fields metadata) {
    Fields annotations = metadata.object("annotations");
    String mode = "service.kubernetes.io/topology-mode";
    String hints = "service.kubernetes.io/topology-aware-hints";
    if (annotations.has(mode)
        && annotations.has(hints)
        && !annotations.text(mode).equals(annotations.text(hints))) {
      metadata.fault(Code.INVALID, "annotations", mode + " and " + hints + " must be the same");
    }
  }

  private static Service.Type type(Fields spec) {
    return switch (spec.text("type", "ClusterIP")) {
      case "ClusterIP" -> Service.Type.CLUSTER_IP;
      case "NodePort" -> Service.Type.NODE_PORT;
      case "LoadBalancer" -> Service.Type.LOAD_BALANCER;
      case "ExternalName" -> Service.Type.EXTERNAL_NAME;
      default -> {
        spec.notSupported("type", TYPES);
        yield Service.Type.CLUSTER_IP;
      }
    };
  }

  private static void checkExternalName(Fields spec, Service.Type type) {
    if (type != Service.Type.EXTERNAL_NAME) {
      return;
    }
    String name = spec.text("externalName");
    String trimmed = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (trimmed.isEmpty()) {
      spec.fault(Code.REQUIRED, "externalName", "type ExternalName needs a DNS name");
    } else if (!Form.SUBDOMAIN.fits(trimmed)) {
      spec.fault(Code.INVALID, "externalName", Form.SUBDOMAIN.rule());
    }
  }

  private static List<Ip> externalIps(Fields spec) {
    List<String> texts = spec.texts("externalIPs");
    List<Ip> ips = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      Optional<Ip> ip = Addresses.read(spec, "externalIPs", i, texts.get(i));
      if (ip.isPresent()) {
        Addresses.checkEndpoint(spec, "externalIPs", i, ip.get());
        ips.add(ip.get());
      }
    }
    return ips;
  }

  private static Policy externalPolicy(Fields spec, Service.Type type) {
    String field = "externalTrafficPolicy";
    if (!spec.text(field).isEmpty()) {
      if (isReachedFromOutside(spec, type)) {
        spec.checkOneOf(field, POLICIES);
      } else {
        spec.fault(Code.INVALID, field, "is for Services that are reached from outside alone");
      }
    }
    return policy(spec, field);
  }

  private static boolean isReachedFromOutside(Fields spec, Service.Type type) {
    return switch (type) {
      case LOAD_BALANCER, NODE_PORT -> true;
      case CLUSTER_IP -> spec.size("externalIPs") > 0;
      case EXTERNAL_NAME -> false;
    };
  }

  private static Policy policy(Fields spec, String name) {
    return spec.text(name).equals("Local") ? Policy.LOCAL : Policy.CLUSTER;
  }

  private static OptionalInt affinity(Fields spec) {
    return switch (spec.text("sessionAffinity", "None")) {
      case "None" -> OptionalInt.empty();
      case "ClientIP" -> OptionalInt.of(affinitySeconds(spec));
      default -> {
        spec.notSupported("sessionAffinity", List.of("ClientIP", "None"));
        yield OptionalInt.empty();
      }
    };
  }

  private static int affinitySeconds(Fields spec) {
    Fields client = spec.object("sessionAffinityConfig").object("clientIP");
    int seconds = client.number("timeoutSeconds", DEFAULT_AFFINITY_SECONDS);
    if (seconds < 1 || seconds > LONGEST_AFFINITY_SECONDS) {
      String message = seconds + " is not between 1 and " + LONGEST_AFFINITY_SECONDS;
      client.fault(Code.INVALID, "timeoutSeconds", message);
    }
    return seconds;
  }

  private static int healthCheckNodePort(Fields spec, Service.Type type) {
    String field = "healthCheckNodePort";
    int port = spec.number(field, 0);
    if (port == 0) {
      return 0;
    }
    if (type == Service.Type.LOAD_BALANCER
        && policy(spec, "externalTrafficPolicy") == Policy.LOCAL) {
      spec.checkPort(field);
    } else {
      String message = "is for type LoadBalancer with externalTrafficPolicy Local alone";
      spec.fault(Code.INVALID, field, message);
    }
    return port;
  }

  /// kube-proxy sees the ranges of one family at a time, and none at all means no limit.
  private static void remarkRanges(Fields spec, Service service) {
    if (service.sourceRanges().isEmpty()) {
      return;
    }
    for (Ip ip : service.clusterIps()) {
      Family family = ip.family();
      if (service.sourceRanges().stream().map(Cidr::family).noneMatch(family::equals)) {
        spec.note(
            Code.PASSED_OVER,
            "loadBalancerSourceRanges",
            "holds no " + family + " range, so that every " + family + " client is let in");
      }
    }
  }
}
