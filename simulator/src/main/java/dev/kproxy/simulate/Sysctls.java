package dev.kproxy.simulate;

import dev.kproxy.net.Family;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Settings of a kernel by their names, as `sysctl -a` prints them
/// (`net.ipv4.conf.all.route_localnet`); what is not among them has the value that it has on a
/// Kubernetes node: forwarding on, `route_localnet` on for all interfaces (kube-proxy sets it in
/// iptables mode), `rp_filter` and `accept_local` off.
public record Sysctls(Map<String, String> values) {
  /// A Kubernetes node's.
  public static final Sysctls NODE = new Sysctls(Map.of());

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "net.ipv4.ip_forward", "1",
          "net.ipv6.conf.all.forwarding", "1",
          "net.ipv4.conf.all.route_localnet", "1");

  public Sysctls {
    values = Map.copyOf(values);
  }

  /// The same with one value set.
  public Sysctls with(String name, String value) {
    Map<String, String> changed = new HashMap<>(values);
    changed.put(name, value);
    return new Sysctls(changed);
  }

  /// Whether packets that came in by an interface are forwarded.
  public boolean forwards(Family family, @Nullable String in) {
    return family == Family.IPV4
        ? number("net.ipv4.conf." + in + ".forwarding", number("net.ipv4.ip_forward", 0)) != 0
        : number("net.ipv6.conf.all.forwarding", 0) != 0;
  }

  /// Whether addresses of 127.0.0.0/8 may come in by an interface, or leave by it.
  public boolean routesLocalnet(@Nullable String device) {
    return number("net.ipv4.conf.all.route_localnet", 0) != 0
        || number("net.ipv4.conf." + device + ".route_localnet", 0) != 0;
  }

  /// Whether packets from an own address may come in by an interface.
  public boolean acceptsLocal(@Nullable String in) {
    return number("net.ipv4.conf.all.accept_local", 0) != 0
        || number("net.ipv4.conf." + in + ".accept_local", 0) != 0;
  }

  /// Whether and how sources are checked against the routes: 0 not, 1 strictly (the way back must
  /// be the way that the packet came), 2 loosely (there must be a way back).
  public int reversePathFilter(@Nullable String in) {
    int own = number("net.ipv4.conf." + in + ".rp_filter", 0);
    return Math.max(number("net.ipv4.conf.all.rp_filter", 0), own);
  }

  private int number(String name, int otherwise) {
    String value = values.getOrDefault(name, DEFAULTS.get(name));
    if (value == null || value.isEmpty() || value.length() > 9) {
      return otherwise;
    }
    return value.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(value) : otherwise;
  }
}
