package dev.kproxy.iproute;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Settings of a kernel.
///
/// Names are those of `sysctl -a`: `net.ipv4.ip_forward`, and where the name of an interface holds
/// a dot, a slash in its place: `net.ipv4.conf.eth0/1.rp_filter`.
public record Sysctls(Map<String, String> values) {
  /// No settings.
  public static final Sysctls NONE = new Sysctls(Map.of());

  public Sysctls {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// The value of a setting, where it is known.
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// The value of an interface's setting under `net.FAMILY.conf`.
  ///
  /// @param family `ipv4` or `ipv6`
  /// @param networkInterface its name, or `all` or `default`
  public Optional<String> conf(String family, String networkInterface, String setting) {
    return value("net." + family + ".conf." + networkInterface.replace('.', '/') + "." + setting);
  }

  /// These settings, and over them the others.
  public Sysctls with(Sysctls others) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.putAll(others.values);
    return new Sysctls(all);
  }
}
