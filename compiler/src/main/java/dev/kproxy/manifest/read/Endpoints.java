package dev.kproxy.manifest.read;

import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import java.util.List;

/// An Endpoints object, what EndpointSlices took the place of.
///
/// @param namespace its namespace
/// @param name its name, which is its Service's
/// @param location where its document begins
/// @param headless whether the label `service.kubernetes.io/headless` is there, which slices take
///   over
/// @param mirrored whether a cluster mirrors it: not where the label
///   `endpointslice.kubernetes.io/skip-mirror` says otherwise, or leader election keeps its record
///   in it
/// @param subsets its subsets
record Endpoints(
    String namespace,
    String name,
    Location location,
    boolean headless,
    boolean mirrored,
    List<Subset> subsets) {

  Endpoints {
    subsets = List.copyOf(subsets);
  }

  /// Addresses that have the same ports.
  record Subset(List<Address> addresses, List<Port> ports) {
    Subset {
      addresses = List.copyOf(addresses);
      ports = List.copyOf(ports);
    }
  }

  /// An address.
  ///
  /// @param node the name of its node, or empty
  /// @param pod as [#pod] gives it
  record Address(Ip ip, String node, String pod, boolean ready) {}

  /// `NAMESPACE/NAME` of the Pod that an address, of this or of a slice, names as its target; empty
  /// where it names none.
  static String pod(Fields address) {
    Fields target = address.object("targetRef");
    if (!target.text("kind").equals("Pod")) {
      return "";
    }
    return target.text("namespace", address.report().namespace()) + "/" + target.text("name");
  }

  /// Whether it is that of the API server itself, which makes the slice beside it, too
  /// (`pkg/controlplane/reconcilers`), and therefore asks for no mirror.
  boolean isOfApiServer() {
    return namespace.equals("default") && name.equals("kubernetes");
  }

  String describe() {
    return "Endpoints " + namespace + "/" + name;
  }
}
