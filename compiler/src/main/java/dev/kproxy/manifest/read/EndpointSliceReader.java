package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads EndpointSlices.
final class EndpointSliceReader {
  private final Pool pool;

  EndpointSliceReader(Pool pool) {
    this.pool = pool;
  }

  Optional<EndpointSlice> read(Fields slice, ObjectName name, Location location) {
    Fields labels = slice.object("metadata").object("labels");
    Optional<Family> family =
        switch (slice.text("addressType")) {
          case "IPv4" -> Optional.of(Family.IPV4);
          case "IPv6" -> Optional.of(Family.IPV6);
          default -> Optional.empty();
        };
    return Optional.of(
        new EndpointSlice(
            pool.share(name.namespace()),
            name.name(),
            location,
            pool.share(labels.text("kubernetes.io/service-name")),
            labels.has("service.kubernetes.io/headless"),
            family,
            ports(slice),
            family.isPresent() ? endpoints(slice) : List.of()));
  }

  private List<Port> ports(Fields slice) {
    List<Port> ports = new ArrayList<>();
    for (Fields port : slice.objects("ports")) {
      int number = port.number("port", 0);
      ports.add(
          new Port(
              pool.share(port.text("name")),
              Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
              number == 0 ? OptionalInt.empty() : OptionalInt.of(number)));
    }
    return ports;
  }

  private List<Endpoint> endpoints(Fields slice) {
    List<Fields> given = slice.objects("endpoints");
    List<Endpoint> endpoints = new ArrayList<>(given.size());
    for (Fields endpoint : given) {
      List<String> addresses = endpoint.texts("addresses");
      if (!addresses.isEmpty()) {
        Ip.parseSloppy(addresses.getFirst()).ifPresent(ip -> endpoints.add(of(endpoint, ip)));
      }
    }
    return endpoints;
  }

  private Endpoint of(Fields endpoint, Ip ip) {
    Fields conditions = endpoint.object("conditions");
    Fields hints = endpoint.object("hints");
    return new Endpoint(
        ip,
        conditions.flag("ready", true),
        conditions.flag("serving", true),
        conditions.flag("terminating", false),
        pool.share(endpoint.text("nodeName")),
        names(hints.objects("forZones")),
        names(hints.objects("forNodes")));
  }

  private List<String> names(List<Fields> hints) {
    if (hints.isEmpty()) {
      return List.of();
    }
    List<String> names = new ArrayList<>(hints.size());
    for (Fields hint : hints) {
      names.add(pool.share(hint.text("name")));
    }
    return pool.share(names);
  }
}
