package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Metadata;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Reads EndpointSlices with the defaults and refusals of the API server
/// (`pkg/apis/discovery/validation`).
final class EndpointSliceReader {
  private static final int MOST_ENDPOINTS = 1000;
  private static final int MOST_ADDRESSES = 100;
  private static final int MOST_PORTS = 20000;
  private static final int MOST_HINTS = 8;
  private static final String HOST_NAMES = "FQDN";

  private final Pool pool;

  EndpointSliceReader(Pool pool) {
    this.pool = pool;
  }

  Optional<EndpointSlice> read(Fields slice) {
    Metadata.check(slice, Kind.ENDPOINT_SLICE, Form.SUBDOMAIN);
    Fields labels = slice.object("metadata").object("labels");
    Optional<Family> family = family(slice);
    EndpointSlice read =
        new EndpointSlice(
            pool.share(slice.report().namespace()),
            slice.report().name(),
            slice.report().location(),
            pool.share(labels.text("kubernetes.io/service-name")),
            labels.has("service.kubernetes.io/headless"),
            family,
            ports(slice),
            endpoints(slice, family));
    if (slice.report().failed()) {
      return Optional.empty();
    }
    remark(slice, read);
    return Optional.of(read);
  }

  private static Optional<Family> family(Fields slice) {
    return switch (slice.text("addressType")) {
      case "IPv4" -> Optional.of(Family.IPV4);
      case "IPv6" -> Optional.of(Family.IPV6);
      case HOST_NAMES -> Optional.empty();
      case "" -> {
        slice.fault(Code.REQUIRED, "addressType", "must be one of FQDN, IPv4, IPv6");
        yield Optional.empty();
      }
      default -> {
        slice.notSupported("addressType", List.of(HOST_NAMES, "IPv4", "IPv6"));
        yield Optional.empty();
      }
    };
  }

  private List<Port> ports(Fields slice) {
    if (!slice.checkSize("ports", MOST_PORTS)) {
      return List.of();
    }
    List<Port> ports = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields port : slice.objects("ports")) {
      String name = port.text("name");
      if (!name.isEmpty()) {
        port.checkForm("name", Form.LABEL);
      }
      if (!names.add(name)) {
        port.fault(Code.DUPLICATE, "name", "another port has the same name");
      }
      port.checkOneOf("protocol", ServicePorts.PROTOCOLS);
      port.checkForm("appProtocol", Form.QUALIFIED_NAME);
      ports.add(
          new Port(
              pool.share(name),
              Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
              number(port)));
    }
    return ports;
  }

  /// The API server takes any number. Without one the port stands for all, which kube-proxy passes
  /// over, as it does with 0; but a rule for any other number that is no port breaks the rules of
  /// the whole node.
  private static OptionalInt number(Fields port) {
    int number = port.number("port", 0);
    if (number < 0 || number > 65535) {
      port.fault(Code.UNUSABLE, "port", number + " is not between 1 and 65535");
    }
    return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private List<Endpoint> endpoints(Fields slice, Optional<Family> family) {
    if (!slice.checkSize("endpoints", MOST_ENDPOINTS)) {
      return List.of();
    }
    boolean hostNames = slice.text("addressType").equals(HOST_NAMES);
    boolean noted = false;
    List<Fields> given = slice.objects("endpoints");
    List<Endpoint> endpoints = new ArrayList<>(given.size());
    for (Fields endpoint : given) {
      checkAttributes(endpoint);
      if (hostNames) {
        checkHostNames(endpoint);
      } else if (family.isPresent()) {
        address(endpoint, family.get()).ifPresent(ip -> endpoints.add(endpoint(endpoint, ip)));
        if (!noted && endpoint.size("addresses") > 1) {
          noted = true;
          endpoint.note(Code.PASSED_OVER, "addresses", "kube-proxy uses only the first one");
        }
      }
    }
    return endpoints;
  }

  private static void checkAttributes(Fields endpoint) {
    if (endpoint.size("addresses") == 0) {
      endpoint.fault(Code.REQUIRED, "addresses", "an endpoint needs one at least");
    }
    endpoint.checkSize("addresses", MOST_ADDRESSES);
    endpoint.checkForm("nodeName", Form.SUBDOMAIN);
    endpoint.checkForm("hostname", Form.LABEL);
  }

  private static void checkHostNames(Fields endpoint) {
    List<String> names = endpoint.texts("addresses");
    for (int i = 0; i < names.size(); i++) {
      if (!Form.HOST_NAME.fits(names.get(i))) {
        String message = Quotation.of(names.get(i)) + " " + Form.HOST_NAME.rule();
        endpoint.fault(Code.INVALID, "addresses", i, message);
      }
    }
  }

  /// The first address, the only one that kube-proxy uses; all are checked.
  private static Optional<Ip> address(Fields endpoint, Family family) {
    Optional<Ip> first = Optional.empty();
    List<String> texts = endpoint.texts("addresses");
    for (int i = 0; i < texts.size(); i++) {
      Optional<Ip> ip = Addresses.read(endpoint, "addresses", i, texts.get(i));
      if (ip.isPresent()) {
        if (ip.get().family() != family) {
          String message = ip.get() + " is no " + family + " address";
          endpoint.fault(Code.INVALID, "addresses", i, message);
        }
        Addresses.checkEndpoint(endpoint, "addresses", i, ip.get());
      }
      first = i == 0 ? ip : first;
    }
    return first;
  }

  private Endpoint endpoint(Fields endpoint, Ip ip) {
    Fields conditions = endpoint.object("conditions");
    Fields hints = endpoint.object("hints");
    return new Endpoint(
        ip,
        conditions.flag("ready", true),
        conditions.flag("serving", true),
        conditions.flag("terminating", false),
        pool.share(endpoint.text("nodeName")),
        hints(hints, "forZones", Form.LABEL_VALUE),
        hints(hints, "forNodes", Form.SUBDOMAIN),
        Endpoints.pod(endpoint));
  }

  private List<String> hints(Fields hints, String field, Form form) {
    if (hints.size(field) == 0 || !hints.checkSize(field, MOST_HINTS)) {
      return List.of();
    }
    List<String> names = new ArrayList<>(MOST_HINTS);
    for (Fields hint : hints.objects(field)) {
      String name = hint.text("name");
      if (names.contains(name)) {
        hint.fault(Code.DUPLICATE, "name", Quotation.of(name) + " is there already");
      }
      if (!form.fits(name)) {
        hint.fault(Code.INVALID, "name", Quotation.of(name) + " " + form.rule());
      }
      names.add(pool.share(name));
    }
    return pool.share(names);
  }

  private static void remark(Fields slice, EndpointSlice read) {
    if (slice.text("addressType").equals(HOST_NAMES)) {
      slice.note(Code.PASSED_OVER, "addressType", "kube-proxy passes over host names");
    } else if (read.service().isEmpty()) {
      slice
          .object("metadata")
          .note(
              Code.PASSED_OVER,
              "labels",
              "without kubernetes.io/service-name the slice belongs to no Service");
    }
  }
}
