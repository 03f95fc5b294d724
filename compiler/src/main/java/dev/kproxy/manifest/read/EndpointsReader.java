package dev.kproxy.manifest.read;

import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Metadata;
import dev.kproxy.manifest.read.Endpoints.Address;
import dev.kproxy.manifest.read.Endpoints.Subset;
import dev.kproxy.net.Code;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads Endpoints with the defaults and refusals of the API server.
final class EndpointsReader {
  private final Pool pool;

  EndpointsReader(Pool pool) {
    this.pool = pool;
  }

  Optional<Endpoints> read(Fields object) {
    Metadata.check(object, Kind.ENDPOINTS, Form.SUBDOMAIN);
    List<Subset> subsets = new ArrayList<>();
    for (Fields subset : object.objects("subsets")) {
      subsets.add(subset(subset));
    }
    Fields labels = object.object("metadata").object("labels");
    Fields annotations = object.object("metadata").object("annotations");
    Endpoints read =
        new Endpoints(
            pool.share(object.report().namespace()),
            object.report().name(),
            object.report().location(),
            labels.has("service.kubernetes.io/headless"),
            !labels.text("endpointslice.kubernetes.io/skip-mirror").equals("true")
                && !annotations.has("control-plane.alpha.kubernetes.io/leader"),
            subsets);
    return object.report().failed() ? Optional.empty() : Optional.of(read);
  }

  private Subset subset(Fields subset) {
    List<Address> addresses = new ArrayList<>();
    addAddresses(subset, "addresses", true, addresses);
    addAddresses(subset, "notReadyAddresses", false, addresses);
    if (subset.size("addresses") + subset.size("notReadyAddresses") == 0) {
      subset.fault(Code.REQUIRED, "must have addresses or notReadyAddresses");
    }
    return new Subset(addresses, ports(subset));
  }

  private void addAddresses(Fields subset, String list, boolean ready, List<Address> addresses) {
    for (Fields address : subset.objects(list)) {
      if (!address.text("hostname").isEmpty()) {
        address.checkForm("hostname", Form.LABEL);
      }
      address.checkForm("nodeName", Form.SUBDOMAIN);
      Optional<Ip> ip = Addresses.read(address, "ip");
      if (ip.isPresent()) {
        Addresses.checkEndpoint(address, "ip", ip.get());
        addresses.add(
            new Address(
                ip.get(), pool.share(address.text("nodeName")), Endpoints.pod(address), ready));
      }
    }
  }

  private List<Port> ports(Fields subset) {
    List<Fields> given = subset.objects("ports");
    List<Port> ports = new ArrayList<>(given.size());
    for (Fields port : given) {
      String name = port.text("name");
      if (!name.isEmpty()) {
        port.checkForm("name", Form.LABEL);
      } else if (given.size() > 1) {
        port.fault(Code.REQUIRED, "name", "must be there where a subset has several ports");
      }
      port.checkPort("port");
      if (!port.text("protocol").isEmpty()) {
        port.checkOneOf("protocol", ServicePorts.PROTOCOLS);
      }
      port.checkForm("appProtocol", Form.QUALIFIED_NAME);
      ports.add(
          new Port(
              pool.share(name),
              Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
              OptionalInt.of(port.number("port", 0))));
    }
    return ports;
  }
}
