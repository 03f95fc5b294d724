package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Metadata;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.manifest.schema.Quantity;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads Nodes. The API server checks of a node's addresses only that none stands twice, and
/// kube-proxy passes over what is no address.
final class NodeReader {
  private static final List<String> EFFECTS =
      List.of("NoExecute", "NoSchedule", "PreferNoSchedule");

  Optional<Node> read(Fields node) {
    Metadata.check(node, Kind.NODE, Form.SUBDOMAIN);
    Fields labels = node.object("metadata").object("labels");
    Fields status = node.object("status");
    checkTaints(node.object("spec"));
    checkAmounts(status, "capacity");
    checkAmounts(status, "allocatable");
    checkAddresses(status);
    Node read =
        new Node(
            node.report().name(),
            node.report().location(),
            addresses(status, "InternalIP"),
            addresses(status, "ExternalIP"),
            podCidrs(node.object("spec")),
            labels.text("topology.kubernetes.io/zone"));
    return node.report().failed() ? Optional.empty() : Optional.of(read);
  }

  private static void checkTaints(Fields spec) {
    Set<String> seen = new HashSet<>();
    for (Fields taint : spec.objects("taints")) {
      String key = taint.text("key");
      String effect = taint.text("effect");
      if (!Form.QUALIFIED_NAME.fits(key)) {
        taint.fault(Code.INVALID, "key", Quotation.of(key) + " " + Form.QUALIFIED_NAME.rule());
      }
      taint.checkForm("value", Form.LABEL_VALUE);
      if (!EFFECTS.contains(effect)) {
        taint.notSupported("effect", EFFECTS);
      }
      if (!seen.add(effect + " " + key)) {
        taint.fault(Code.DUPLICATE, "another taint has the same key and effect");
      }
    }
  }

  private static void checkAmounts(Fields status, String field) {
    for (Value.Field amount : status.entries(field)) {
      if (amount.value() instanceof Value.Scalar s && Quantity.isNegative(s.text())) {
        status.fault(Code.INVALID, field, amount, "must not be less than 0");
      }
    }
  }

  private static void checkAddresses(Fields status) {
    Set<String> seen = new HashSet<>();
    for (Fields address : status.objects("addresses")) {
      if (!seen.add(address.text("type") + " " + address.text("address"))) {
        address.fault(Code.DUPLICATE, "another address is the same");
      }
    }
  }

  private static List<Ip> addresses(Fields status, String type) {
    List<Ip> ips = new ArrayList<>();
    for (Fields address : status.objects("addresses")) {
      if (address.text("type").equals(type)) {
        String text = address.text("address");
        Ip.parseSloppy(text)
            .ifPresentOrElse(
                ips::add,
                () ->
                    address.note(
                        Code.PASSED_OVER, "address", Quotation.of(text) + " is no IP address"));
      }
    }
    return ips;
  }

  /// `podCIDRs`, unless `podCIDR` says another first one: the older field wins, alone.
  private static List<Cidr> podCidrs(Fields spec) {
    String first = spec.text("podCIDR");
    List<String> texts = spec.texts("podCIDRs");
    if (!first.isEmpty() && (texts.isEmpty() || !texts.getFirst().equals(first))) {
      return Addresses.readRange(spec, "podCIDR").map(List::of).orElse(List.of());
    }
    List<Cidr> cidrs = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      Addresses.readRange(spec, "podCIDRs", i, texts.get(i)).ifPresent(cidrs::add);
    }
    if (texts.size() > 2
        || (cidrs.size() == 2 && cidrs.getFirst().family() == cidrs.getLast().family())) {
      spec.fault(Code.INVALID, "podCIDRs", "must be at most one range of each family");
    }
    return cidrs;
  }
}
