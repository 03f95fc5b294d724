package dev.kproxy.compile.ipvs;

import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.iptables.Match;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The entries of all sets of one family, each once.
final class SetEntries {
  private final Family family;
  private final Entrances entrances;
  private final Map<KubeSet, SortedMap<String, Entry>> entries = new EnumMap<>(KubeSet.class);

  SetEntries(Plan plan, Entrances entrances) {
    this.family = plan.family();
    this.entrances = entrances;
    for (KubeSet set : KubeSet.values()) {
      entries.put(set, new TreeMap<>());
    }
    plan.services().forEach(this::addService);
  }

  /// All sets, empty ones too; entries are ordered as text.
  List<IpSet> sets() {
    return Arrays.stream(KubeSet.values())
        .map(
            set ->
                new IpSet(
                    set.setName(family),
                    set.type(),
                    set.options(family),
                    List.copyOf(of(set).values())))
        .toList();
  }

  boolean isEmpty(KubeSet set) {
    return of(set).isEmpty();
  }

  int size(KubeSet set) {
    return of(set).size();
  }

  private SortedMap<String, Entry> of(KubeSet set) {
    return entries.getOrDefault(set, new TreeMap<>());
  }

  private void addService(ServicePlan service) {
    Frontend frontend = service.frontend();
    // An endpoint that reaches itself is masqueraded, or it would answer itself directly.
    for (ServiceEndpoint endpoint : service.endpoints().all()) {
      if (endpoint.local()) {
        add(
            KubeSet.LOOP_BACK,
            address(endpoint.ip()),
            port(frontend.name().protocol(), endpoint.port()),
            address(endpoint.ip()));
      }
    }
    for (Entrance entrance : entrances.of(service)) {
      addEntrance(entrance);
    }
    if (entrances.letsHealthChecksIn(frontend)) {
      add(KubeSet.HEALTH_CHECK_NODE_PORT, Element.Ports.of(frontend.healthCheckNodePort()));
    }
  }

  private void addEntrance(Entrance entrance) {
    Element address = address(entrance.ip());
    Element port = port(entrance.frontend().name().protocol(), entrance.port());
    switch (entrance.kind()) {
      case CLUSTER_IP -> add(KubeSet.CLUSTER_IP, address, port);
      case EXTERNAL_IP ->
          add(entrance.isLocal() ? KubeSet.EXTERNAL_IP_LOCAL : KubeSet.EXTERNAL_IP, address, port);
      case LOAD_BALANCER -> addLoadBalancer(entrance, address, port);
      case NODE_PORT -> addNodePort(entrance, address, port);
    }
    if (entrance.bound()) {
      add(KubeSet.IPVS_IPS, address);
    }
  }

  private void addLoadBalancer(Entrance entrance, Element address, Element port) {
    add(KubeSet.LOAD_BALANCER, address, port);
    if (entrance.isLocal()) {
      add(KubeSet.LOAD_BALANCER_LOCAL, address, port);
    }
    List<Cidr> ranges = entrance.frontend().sourceRanges();
    if (!ranges.isEmpty()) {
      add(KubeSet.LOAD_BALANCER_FIREWALL, address, port);
    }
    for (Cidr range : ranges) {
      add(KubeSet.LOAD_BALANCER_SOURCE_CIDR, address, port, new Element.Network(range));
    }
    if (entrances.letsNodeIn(entrance.frontend())) {
      add(KubeSet.LOAD_BALANCER_SOURCE_IP, address, port, address);
    }
  }

  /// A bitmap knows no protocol, so that each has one of its own; that of SCTP is a hash.
  private void addNodePort(Entrance entrance, Element address, Element port) {
    Element bit = Element.Ports.of(entrance.port());
    switch (entrance.frontend().name().protocol()) {
      case TCP -> add(KubeSet.NODE_PORT_TCP, KubeSet.NODE_PORT_LOCAL_TCP, entrance, bit);
      case UDP -> add(KubeSet.NODE_PORT_UDP, KubeSet.NODE_PORT_LOCAL_UDP, entrance, bit);
      case SCTP ->
          add(KubeSet.NODE_PORT_SCTP, KubeSet.NODE_PORT_LOCAL_SCTP, entrance, address, port);
    }
  }

  private void add(KubeSet set, KubeSet ofLocal, Entrance entrance, Element... elements) {
    add(set, elements);
    if (entrance.isLocal()) {
      add(ofLocal, elements);
    }
  }

  private void add(KubeSet set, Element... elements) {
    Entry entry = Entry.of(elements);
    of(set).put(IpsetPrinter.print(entry, family), entry);
  }

  private static Element address(Ip ip) {
    return Element.Addresses.of(ip);
  }

  private static Element port(Protocol protocol, int port) {
    return Element.ProtocolPorts.of(Match.Protocol.of(protocol).number(), port);
  }
}
