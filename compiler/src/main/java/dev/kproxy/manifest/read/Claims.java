package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.Ingress;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.manifest.fields.Notes;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Ip;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Addresses and ports that several Services claim.
///
/// The API server gives a cluster IP or a node port to one Service only, a node port whatever the
/// protocol (`pkg/registry/core/service/portallocator`). External addresses may be claimed by many;
/// which one's rules win is left to chance then.
final class Claims {
  private final Notes notes;
  private final Map<String, Service> owners = new HashMap<>();

  private Claims(Notes notes) {
    this.notes = notes;
  }

  /// Reports what no two of the Services can have.
  static void check(List<Service> services, Notes notes) {
    Claims claims = new Claims(notes);
    services.forEach(claims::claim);
  }

  private void claim(Service service) {
    for (Ip ip : service.clusterIps()) {
      exclusive(service, "spec.clusterIPs", "cluster IP " + ip);
    }
    for (int i = 0; i < service.ports().size(); i++) {
      ServicePort port = service.ports().get(i);
      if (port.nodePort() != 0) {
        exclusive(service, "spec.ports[" + i + "].nodePort", "node port " + port.nodePort());
      }
    }
    if (service.healthCheckNodePort() != 0) {
      healthCheck(service);
    }
    for (Ip ip : externalAddresses(service)) {
      for (ServicePort port : service.ports()) {
        shared(service, ip.withPort(port.port()) + " " + port.protocol());
      }
    }
  }

  private static Set<Ip> externalAddresses(Service service) {
    Set<Ip> ips = new LinkedHashSet<>(service.externalIps());
    for (Ingress ingress : service.ingresses()) {
      if (!ingress.proxied()) {
        ips.add(ingress.ip());
      }
    }
    return ips;
  }

  /// Ports of one Service may share a node port, but not with its health checks.
  private void healthCheck(Service service) {
    String field = "spec.healthCheckNodePort";
    int number = service.healthCheckNodePort();
    if (service.ports().stream().anyMatch(port -> port.nodePort() == number)) {
      String message = "node port " + number + " is taken: a port of the Service has it";
      report(Severity.ERROR, Code.TAKEN, service, field, message);
    } else {
      exclusive(service, field, "node port " + number);
    }
  }

  private void exclusive(Service service, String field, String text) {
    Service owner = owners.putIfAbsent(text, service);
    if (owner != null && !owner.equals(service)) {
      String message = text + " is taken: " + owner.describe() + " has it";
      report(Severity.ERROR, Code.TAKEN, service, field, message);
    }
  }

  private void shared(Service service, String text) {
    Service owner = owners.putIfAbsent(text, service);
    if (owner != null && !owner.equals(service)) {
      String message = text + " is claimed by " + owner.describe() + " too; chance decides";
      report(Severity.NOTE, Code.SHARED, service, "", message);
    }
  }

  private void report(Severity severity, Code code, Service service, String field, String message) {
    notes.accept(
        new Diagnostic(
            severity, code, Optional.of(service.location()), service.describe(), field, message));
  }
}
