package dev.kproxy.simulate.host;

import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a kernel is set to, as far as packets meet it. What nobody told has the value that it has
/// on a Kubernetes node:
///
/// | setting | value | since |
/// |---|---|---|
/// | `net.ipv4.ip_forward`, `net.ipv6.conf.all.forwarding` | 1 | no pod could be reached otherwise |
/// | `net.ipv4.conf.all.route_localnet` | 1 | kube-proxy sets it in iptables mode; 0 in IPVS mode |
/// | `net.ipv4.vs.conntrack` | 1 | kube-proxy sets it in IPVS mode |
/// | `net.ipv4.conf.*.rp_filter` | 0 | the kernel's own |
/// | `net.ipv4.conf.*.accept_local` | 0 | the kernel's own |
public final class Settings {
  /// The values of a node, by the names of `sysctl -a`.
  public static final Map<String, String> DEFAULTS =
      Map.of(
          "net.ipv4.ip_forward", "1",
          "net.ipv6.conf.all.forwarding", "1",
          "net.ipv4.conf.all.route_localnet", "1",
          "net.ipv4.vs.conntrack", "1",
          "net.ipv4.conf.all.rp_filter", "0",
          "net.ipv4.conf.all.accept_local", "0");

  private static final String OF_INTERFACES = "net.ipv4.conf.";
  private static final String OF_INTERFACES6 = "net.ipv6.conf.";

  private static final String DISABLE6 = "disable_ipv6";

  /// Those of IPv6 that are asked of single interfaces.
  private static final Set<String> SETTINGS6 = Set.of("forwarding", "force_forwarding", DISABLE6);

  private final Map<String, Integer> numbers = new HashMap<>();
  private final boolean forwards4;
  private final boolean forwards6;
  private final int routeLocalnet;
  private final int acceptLocal;
  private final int reversePathFilter;
  private final boolean tracksBalanced;

  /// Whether there are settings of single interfaces.
  private final boolean asksInterfaces;

  /// Whether an interface, other than the loopback one, is said to take packets of IPv6.
  private final boolean takesSome6;

  /// Those of [#differentInterfaces].
  private final Map<Family, List<@Nullable String>> interfaces;

  /// @param values by the names of `sysctl -a`
  /// @param balances whether the host has virtual servers
  public Settings(Map<String, String> values, boolean balances) {
    DEFAULTS.forEach(this::read);
    if (balances) {
      read("net.ipv4.conf.all.route_localnet", "0");
    }
    values.forEach(
        (name, value) -> {
          if (DEFAULTS.containsKey(name) || name.startsWith(OF_INTERFACES) || isAsked6(name)) {
            read(name, value);
          }
        });
    forwards4 = numbers.getOrDefault("net.ipv4.ip_forward", 0) != 0;
    forwards6 = numbers.getOrDefault("net.ipv6.conf.all.forwarding", 0) != 0;
    routeLocalnet = numbers.getOrDefault("net.ipv4.conf.all.route_localnet", 0);
    acceptLocal = numbers.getOrDefault("net.ipv4.conf.all.accept_local", 0);
    reversePathFilter = numbers.getOrDefault("net.ipv4.conf.all.rp_filter", 0);
    tracksBalanced = numbers.getOrDefault("net.ipv4.vs.conntrack", 0) != 0;
    asksInterfaces = !DEFAULTS.keySet().containsAll(numbers.keySet());
    takesSome6 =
        numbers.entrySet().stream()
            .filter(it -> it.getKey().startsWith(OF_INTERFACES6))
            .filter(it -> it.getKey().endsWith("." + DISABLE6) && it.getValue() == 0)
            .map(it -> it.getKey().substring(OF_INTERFACES6.length()).split("\\.", 2)[0])
            .anyMatch(device -> !Set.of("all", "default", "lo").contains(device));
    interfaces =
        Map.of(
            Family.IPV4, interfaces(Family.IPV4, OF_INTERFACES),
            Family.IPV6, interfaces(Family.IPV6, OF_INTERFACES6));
  }

  private static boolean isAsked6(String name) {
    return name.startsWith(OF_INTERFACES6)
        && SETTINGS6.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /// Where `lo` is named, `sysctl -a` has named them all.
  private List<@Nullable String> interfaces(Family family, String prefix) {
    Set<String> named = new TreeSet<>();
    for (String name : numbers.keySet()) {
      if (name.startsWith(prefix)) {
        named.add(name.substring(prefix.length(), name.lastIndexOf('.')).replace('/', '.'));
      }
    }
    List<@Nullable String> all = new ArrayList<>();
    if (!named.contains("lo")) {
      all.add(null);
    }
    named.removeAll(List.of("lo", "all", "default"));
    all.addAll(named);
    return all.stream().allMatch(device -> isAsAnyOther(family, device)) ? List.of() : all;
  }

  private boolean isAsAnyOther(Family family, @Nullable String device) {
    return forwards(family, device) == forwards(family, null)
        && (family == Family.IPV6 || isAsAnyOther(device));
  }

  private boolean isAsAnyOther(@Nullable String device) {
    return forwardsBroadcasts(device) == forwardsBroadcasts(null)
        && routesLocalnet(device) == routesLocalnet(null)
        && acceptsLocal(device) == acceptsLocal(null)
        && reversePathFilter(device) == reversePathFilter(null);
  }

  /// The interfaces that a packet may have come in by, where they are set differently; null is one
  /// that has no settings of its own. Empty where it does not matter which it was.
  List<@Nullable String> differentInterfaces(Family family) {
    return interfaces.getOrDefault(family, List.of());
  }

  /// `net.ipv4.conf.all.forwarding` is `net.ipv4.ip_forward` by another name.
  private void read(String given, String value) {
    String name = given.equals(OF_INTERFACES + "all.forwarding") ? "net.ipv4.ip_forward" : given;
    if (!value.isEmpty()
        && value.length() < 10
        && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      numbers.put(name, Integer.valueOf(value));
    }
  }

  /// Whether packets meet the same settings.
  public boolean isLike(Settings other) {
    return numbers.equals(other.numbers);
  }

  /// Whether connection tracking keeps the connections that ip_vs gives to real servers.
  boolean tracksBalanced() {
    return tracksBalanced;
  }

  /// Whether packets that came in by an interface are forwarded; null is one that is not known.
  boolean forwards(Family family, @Nullable String in) {
    return family == Family.IPV4
        ? own(in, "forwarding", forwards4 ? 1 : 0) != 0
        : forwards6 || ofAll6(in, "force_forwarding") != 0;
  }

  /// Whether packets that came in by an interface go on to all of another network: where both the
  /// interface and the host are set so (`ip_route_input_slow`).
  boolean forwardsBroadcasts(@Nullable String in) {
    return own("all", "bc_forwarding", 0) != 0 && own(in, "bc_forwarding", 0) != 0;
  }

  /// Whether an interface takes no packets of IPv6. One that is not known takes them, if any does.
  boolean refuses6(@Nullable String in) {
    return ofAll6(in, DISABLE6) != 0 && (in != null || !takesSome6);
  }

  /// Whether the host is a router to an interface, and so has the address of all routers there.
  boolean isRouter6(String device) {
    return own(OF_INTERFACES6, device, "forwarding", forwards6 ? 1 : 0) != 0;
  }

  /// Whether addresses of 127.0.0.0/8 may come in by an interface, or leave by it.
  boolean routesLocalnet(@Nullable String device) {
    return Math.max(routeLocalnet, own(device, "route_localnet", 0)) != 0;
  }

  /// Whether packets from an own address may come in by an interface.
  boolean acceptsLocal(@Nullable String in) {
    return Math.max(acceptLocal, own(in, "accept_local", 0)) != 0;
  }

  /// Whether and how sources are checked against the routes: 0 not, 1 strictly (the way back must
  /// be the way that the packet came), 2 loosely (there must be a way back).
  int reversePathFilter(@Nullable String in) {
    return Math.max(reversePathFilter, own(in, "rp_filter", 0));
  }

  /// The names of interfaces hold a slash where `sysctl` would take a dot for its own.
  private int own(@Nullable String device, String setting, int otherwise) {
    return own(OF_INTERFACES, device, setting, otherwise);
  }

  /// A setting of IPv6 that, set for all, sets each interface.
  private int ofAll6(@Nullable String device, String setting) {
    return own(OF_INTERFACES6, device, setting, own(OF_INTERFACES6, "all", setting, 0));
  }

  private int own(String prefix, @Nullable String device, String setting, int otherwise) {
    return device == null || !asksInterfaces
        ? otherwise
        : numbers.getOrDefault(prefix + device.replace('.', '/') + "." + setting, otherwise);
  }
}
