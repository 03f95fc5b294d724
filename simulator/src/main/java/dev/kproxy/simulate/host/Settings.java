package dev.kproxy.simulate.host;

import dev.kproxy.net.Family;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a kernel is set to, as far as packets meet it. What nobody told has the value that it has
/// on a Kubernetes node:
///
/// | setting | value | since |
/// |---|---|---|
/// | `net.ipv4.ip_forward`, `net.ipv6.conf.all.forwarding` | 1 | no pod could be reached otherwise |
/// | `net.ipv4.conf.all.route_localnet` | 1 | kube-proxy sets it in iptables mode |
/// | `net.ipv4.conf.*.rp_filter` | 0 | the kernel's own |
/// | `net.ipv4.conf.*.accept_local` | 0 | the kernel's own |
public final class Settings {
  /// The values of a node, by the names of `sysctl -a`.
  public static final Map<String, String> DEFAULTS =
      Map.of(
          "net.ipv4.ip_forward", "1",
          "net.ipv6.conf.all.forwarding", "1",
          "net.ipv4.conf.all.route_localnet", "1",
          "net.ipv4.conf.all.rp_filter", "0",
          "net.ipv4.conf.all.accept_local", "0");

  private final Map<String, String> values;

  /// @param values by the names of `sysctl -a`
  public Settings(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /// Whether packets that came in by an interface are forwarded; null is one that is not known.
  boolean forwards(Family family, @Nullable String in) {
    return family == Family.IPV4
        ? own(in, "forwarding").orElseGet(() -> number("net.ipv4.ip_forward").orElse(0)) != 0
        : number("net.ipv6.conf.all.forwarding").orElse(0) != 0;
  }

  /// Whether addresses of 127.0.0.0/8 may come in by an interface, or leave by it.
  boolean routesLocalnet(@Nullable String device) {
    return Math.max(all("route_localnet"), own(device, "route_localnet").orElse(0)) != 0;
  }

  /// Whether packets from an own address may come in by an interface.
  boolean acceptsLocal(@Nullable String in) {
    return Math.max(all("accept_local"), own(in, "accept_local").orElse(0)) != 0;
  }

  /// Whether and how sources are checked against the routes: 0 not, 1 strictly (the way back must
  /// be the way that the packet came), 2 loosely (there must be a way back).
  int reversePathFilter(@Nullable String in) {
    return Math.max(all("rp_filter"), own(in, "rp_filter").orElse(0));
  }

  private int all(String setting) {
    return number("net.ipv4.conf.all." + setting).orElse(0);
  }

  /// The names of interfaces hold a slash where `sysctl` would take a dot for its own.
  private Optional<Integer> own(@Nullable String device, String setting) {
    return device == null
        ? Optional.empty()
        : number("net.ipv4.conf." + device.replace('.', '/') + "." + setting);
  }

  private Optional<Integer> number(String name) {
    String value = values.getOrDefault(name, DEFAULTS.get(name));
    boolean isNumber =
        value != null
            && !value.isEmpty()
            && value.length() < 10
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Optional.of(Integer.valueOf(value)) : Optional.empty();
  }
}
