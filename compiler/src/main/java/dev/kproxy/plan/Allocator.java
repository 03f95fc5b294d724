package dev.kproxy.plan;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.FamilyPolicy;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Gives Services what a cluster would give them: cluster IPs from its ranges, and node ports where
/// their type asks for them.
///
/// A Service's address is found by a hash of its namespace and name, so that it is the same on
/// every machine and does not move when others come or go; where two collide, the one that is later
/// by name takes the next free address. What the input gives is never given away.
public final class Allocator {
  /// The API server's default `--service-node-port-range`.
  private static final int FIRST_NODE_PORT = 30000;

  private static final int NODE_PORTS = 2768;

  private final List<Cidr> ranges;
  private final Consumer<Diagnostic> diagnostics;
  private final Set<Ip> takenIps = new HashSet<>();
  private final Set<Integer> takenPorts = new HashSet<>();

  private Allocator(List<Cidr> ranges, Consumer<Diagnostic> diagnostics) {
    this.ranges = ranges;
    this.diagnostics = diagnostics;
  }

  /// The Services in their order, those without a cluster IP and with ports but no node ports
  /// completed.
  ///
  /// @param ranges the cluster's ranges of cluster IPs; the first one's family is the cluster's own
  /// @param diagnostics takes a note for everything that was given, and for each family that a
  ///   Service asks for in vain, and a fault where a range is full
  public static List<Service> allocate(
      List<Service> services, List<Cidr> ranges, Consumer<Diagnostic> diagnostics) {
    Allocator allocator = new Allocator(ranges, diagnostics);
    services.forEach(allocator::take);
    List<Service> byName = new ArrayList<>(services);
    byName.sort((a, b) -> a.namespacedName().compareTo(b.namespacedName()));
    Map<String, Service> completed = new HashMap<>();
    byName.forEach(service -> completed.put(service.namespacedName(), allocator.complete(service)));
    return services.stream()
        .map(service -> completed.getOrDefault(service.namespacedName(), service))
        .toList();
  }

  private void take(Service service) {
    takenIps.addAll(service.clusterIps());
    service.ports().forEach(port -> takenPorts.add(port.nodePort()));
    takenPorts.add(service.healthCheckNodePort());
  }

  private Service complete(Service service) {
    if (service.headless() || service.type() == Service.Type.EXTERNAL_NAME) {
      return service;
    }
    List<Ip> clusterIps =
        service.clusterIps().isEmpty() ? clusterIps(service) : service.clusterIps();
    List<ServicePort> ports = wantsNodePorts(service) ? nodePorts(service) : service.ports();
    return service.withAllocated(clusterIps, ports, healthCheckNodePort(service));
  }

  private static boolean wantsNodePorts(Service service) {
    return service.type() == Service.Type.NODE_PORT
        || (service.type() == Service.Type.LOAD_BALANCER && service.allocatesNodePorts());
  }

  private List<Ip> clusterIps(Service service) {
    List<Ip> given = new ArrayList<>();
    for (Cidr range : wantedRanges(service)) {
      allocateIp(service, range).ifPresent(given::add);
    }
    if (!given.isEmpty()) {
      String field = given.size() == 1 ? "spec.clusterIP" : "spec.clusterIPs";
      given(service, field, String.join(", ", given.stream().map(Ip::toString).toList()));
    }
    return given;
  }

  /// One range for each family that the Service asks for, in its order; the cluster's own where it
  /// asks for none.
  private List<Cidr> wantedRanges(Service service) {
    List<Family> families = new ArrayList<>(service.families());
    if (families.isEmpty()) {
      families.add(ranges.getFirst().family());
    }
    if (service.familyPolicy() != FamilyPolicy.SINGLE_STACK && families.size() == 1) {
      families.add(families.getFirst().other());
    }
    List<Cidr> wanted = new ArrayList<>();
    for (Family family : families) {
      ranges.stream()
          .filter(range -> range.family() == family)
          .findFirst()
          .ifPresentOrElse(wanted::add, () -> lacks(service, family));
    }
    return wanted;
  }

  /// The API server refuses the Service then (`initIPFamilyFields`), unless it only prefers to have
  /// both families and names one.
  private void lacks(Service service, Family family) {
    if (service.families().contains(family)
        || service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK) {
      String message = "--allocate has no range of " + family + ", which the Service asks for";
      report(Severity.NOTE, Code.NO_CLUSTER_IP, service, "spec.clusterIP", message);
    }
  }

  private Optional<Ip> allocateIp(Service service, Cidr range) {
    int hostBits = Math.min(range.family().bits() - range.prefix(), 62);
    // Neither the network's own address nor its first, which the Service `kubernetes` has, nor its
    // last.
    long usable = (1L << hostBits) - 3;
    long start = usable > 0 ? Long.remainderUnsigned(hash(service.namespacedName()), usable) : 0;
    for (long i = 0; i < usable; i++) {
      Ip ip = range.network().plus(2 + (start + i) % usable);
      if (takenIps.add(ip)) {
        return Optional.of(ip);
      }
    }
    exhausted(service, "spec.clusterIP", range + " has no free address left");
    return Optional.empty();
  }

  /// Ports of one number but different protocols share a node port, as in a cluster.
  private List<ServicePort> nodePorts(Service service) {
    Map<Integer, Integer> byPort = new HashMap<>();
    for (ServicePort port : service.ports()) {
      if (port.nodePort() != 0) {
        byPort.putIfAbsent(port.port(), port.nodePort());
      }
    }
    List<ServicePort> ports = new ArrayList<>();
    for (int i = 0; i < service.ports().size(); i++) {
      ServicePort port = service.ports().get(i);
      if (port.nodePort() == 0) {
        String field = "spec.ports[" + i + "].nodePort";
        int nodePort =
            byPort.computeIfAbsent(
                port.port(),
                number -> nodePort(service, field, service.namespacedName() + ":" + number));
        port = new ServicePort(port.name(), port.protocol(), port.port(), nodePort);
      }
      ports.add(port);
    }
    return ports;
  }

  private int healthCheckNodePort(Service service) {
    boolean wanted = service.needsHealthCheckNodePort() && service.healthCheckNodePort() == 0;
    return wanted
        ? nodePort(service, "spec.healthCheckNodePort", service.namespacedName() + ":health")
        : service.healthCheckNodePort();
  }

  private int nodePort(Service service, String field, String key) {
    long start = Long.remainderUnsigned(hash(key), NODE_PORTS);
    for (int i = 0; i < NODE_PORTS; i++) {
      int port = FIRST_NODE_PORT + (int) ((start + i) % NODE_PORTS);
      if (takenPorts.add(port)) {
        given(service, field, Integer.toString(port));
        return port;
      }
    }
    exhausted(service, field, "all node ports are taken");
    return 0;
  }

  private static long hash(String key) {
    byte[] digest = Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong();
  }

  private void given(Service service, String field, String value) {
    report(Severity.NOTE, Code.ALLOCATED, service, field, "allocated " + value);
  }

  private void exhausted(Service service, String field, String message) {
    report(Severity.ERROR, Code.EXHAUSTED, service, field, message);
  }

  private void report(Severity severity, Code code, Service service, String field, String message) {
    diagnostics.accept(
        new Diagnostic(
            severity, code, Optional.of(service.location()), service.describe(), field, message));
  }
}
