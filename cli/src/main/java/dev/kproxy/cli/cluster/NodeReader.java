package dev.kproxy.cli.cluster;

import dev.kproxy.cli.command.Console;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iproute.Interface;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import dev.kproxy.plan.NodeFacts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds out which node rules are made for, and its addresses.
///
/// Source: `detectNodeIPs` in `cmd/kube-proxy/app/server.go`, `GetNodeHostIPs` in `pkg/util/node`.
final class NodeReader {
  private static final int SHOWN_NODES = 5;

  private final ClusterOptions options;
  private final Console console;
  private final Optional<List<Interface>> interfaces;
  private final NodeDefaults defaults;

  /// @param interfaces of the node; empty where nobody told them
  NodeReader(
      ClusterOptions options,
      Console console,
      Optional<List<Interface>> interfaces,
      NodeDefaults defaults) {
    this.options = options;
    this.console = console;
    this.interfaces = interfaces;
    this.defaults = defaults;
  }

  NodeFacts read(Manifests manifests, ProxyConfiguration configuration) {
    String name = name(manifests, configuration);
    Optional<Node> node =
        manifests.nodes().stream().filter(candidate -> candidate.name().equals(name)).findFirst();
    if (node.isEmpty() && !name.isEmpty() && !manifests.nodes().isEmpty()) {
      noteUnknown(name, manifests.nodes());
    }
    List<Ip> own = ownIps(node);
    return new NodeFacts(
        name,
        node.map(Node::zone).orElse(""),
        primaryIps(own, configuration.bindAddress()),
        primaryFamily(own, configuration.bindAddress()),
        localAddresses(own, configuration.mode()),
        node.map(Node::podCidrs).orElse(List.of()),
        cpus());
  }

  /// Most often it is misspelled: then no endpoint would be local, and nobody would know why.
  private void noteUnknown(String name, List<Node> nodes) {
    String known =
        nodes.stream()
            .limit(SHOWN_NODES)
            .map(node -> Printable.quote(node.name()))
            .collect(Collectors.joining(", "));
    String more = nodes.size() > SHOWN_NODES ? ", …" : "";
    console.accept(
        Diagnostic.note(
            Code.NO_NODE,
            "--node",
            "no Node " + Printable.quote(name) + " in the input, which has " + known + more));
  }

  private String name(Manifests manifests, ProxyConfiguration configuration) {
    if (options.node().isPresent()) {
      return options.node().get();
    }
    if (!configuration.hostnameOverride().isEmpty()) {
      return configuration.hostnameOverride();
    }
    if (defaults.name().isPresent()) {
      assume("--node", "the host's name " + Printable.quote(defaults.name().get()));
      return defaults.name().get();
    }
    return manifests.nodes().size() == 1 ? manifests.nodes().getFirst().name() : "";
  }

  private List<Ip> ownIps(Optional<Node> node) {
    List<Ip> given = ips("--node-ip", options.nodeIps());
    if (!given.isEmpty()) {
      return given;
    }
    List<Ip> reported = new ArrayList<>();
    node.ifPresent(
        known -> {
          reported.addAll(known.internalIps());
          reported.addAll(known.externalIps());
        });
    if (reported.isEmpty()) {
      reported.addAll(defaults.nodeIps());
      reported.forEach(ip -> assume("--node-ip", "the host's address " + ip));
    }
    return reported;
  }

  private void assume(String option, String what) {
    console.accept(Diagnostic.note(Code.ASSUMED, option, what));
  }

  /// The first address of each family; an address to bind to replaces that of its family.
  private static Map<Family, Ip> primaryIps(List<Ip> own, Ip bindAddress) {
    Map<Family, Ip> primary = new EnumMap<>(Family.class);
    own.forEach(ip -> primary.putIfAbsent(ip.family(), ip));
    if (!bindAddress.isUnspecified()) {
      primary.put(bindAddress.family(), bindAddress);
    }
    return primary;
  }

  private static Optional<Family> primaryFamily(List<Ip> own, Ip bindAddress) {
    return bindAddress.isUnspecified()
        ? own.stream().findFirst().map(Ip::family)
        : Optional.of(bindAddress.family());
  }

  /// In IPVS mode not those of kube-proxy's own interface, which an empty node does not have.
  private List<Ip> localAddresses(List<Ip> own, Mode mode) {
    Set<Ip> addresses = new LinkedHashSet<>();
    if (interfaces.isPresent()) {
      interfaces.get().stream()
          .filter(link -> mode != Mode.IPVS || !link.name().equals(KubeProxyNames.INTERFACE))
          .flatMap(link -> link.addresses().stream())
          .map(Interface.Address::ip)
          .forEach(addresses::add);
    } else {
      addresses.add(NodeFacts.loopback(Family.IPV4));
      addresses.add(NodeFacts.loopback(Family.IPV6));
      addresses.addAll(own);
    }
    addresses.addAll(ips("--node-address", options.nodeAddresses()));
    return List.copyOf(addresses);
  }

  private List<Ip> ips(String option, List<String> texts) {
    List<Ip> ips = new ArrayList<>();
    for (String text : texts) {
      Optional<Ip> ip = Ip.parse(text);
      ip.ifPresentOrElse(
          ips::add, () -> console.fault(Code.FLAG, option + ": not an IP address: " + text));
    }
    return ips;
  }

  private OptionalInt cpus() {
    if (options.cpus().isEmpty()) {
      return OptionalInt.empty();
    }
    String text = options.cpus().get();
    if (!text.matches("[1-9]\\d{0,5}")) {
      console.fault(Code.FLAG, "--cpus: not a number of CPUs: " + text);
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text));
  }
}
