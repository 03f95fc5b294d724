package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads Nodes.
final class NodeReader {
  Optional<Node> read(Fields node, ObjectName name, Location location) {
    Fields labels = node.object("metadata").object("labels");
    Fields status = node.object("status");
    return Optional.of(
        new Node(
            name.name(),
            location,
            addresses(status, "InternalIP"),
            addresses(status, "ExternalIP"),
            podCidrs(node.object("spec")),
            labels.text("topology.kubernetes.io/zone")));
  }

  private static List<Ip> addresses(Fields status, String type) {
    List<Ip> ips = new ArrayList<>();
    for (Fields address : status.objects("addresses")) {
      if (address.text("type").equals(type)) {
        Ip.parseSloppy(address.text("address")).ifPresent(ips::add);
      }
    }
    return ips;
  }

  private static List<Cidr> podCidrs(Fields spec) {
    List<String> texts = spec.texts("podCIDRs");
    if (texts.isEmpty() && spec.has("podCIDR")) {
      texts = List.of(spec.text("podCIDR"));
    }
    List<Cidr> cidrs = new ArrayList<>();
    for (String text : texts) {
      Cidr.parseSloppy(text).ifPresent(cidrs::add);
    }
    return cidrs;
  }
}
