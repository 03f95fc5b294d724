package dev.kproxy.compile;

import dev.kproxy.manifest.config.ProxyConfiguration.Conntrack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A kernel setting that kube-proxy writes when it starts.
///
/// @param name its name, with dots
/// @param value its value
public record Sysctl(String name, String value) {
  /// kube-proxy never scales the table beyond a million entries (`getConntrackMax`).
  private static final long MOST_ENTRIES = 1_048_576;

  private static final String CONNTRACK = "net.netfilter.nf_conntrack_";

  /// The settings of iptables mode, by name.
  ///
  /// @param cpus the number of the node's CPUs
  /// @param routeLocalnet whether node ports answer on 127.0.0.1
  public static List<Sysctl> iptables(Conntrack conntrack, int cpus, boolean routeLocalnet) {
    List<Sysctl> settings = new ArrayList<>(conntrack(conntrack, cpus));
    if (routeLocalnet) {
      settings.add(new Sysctl("net.ipv4.conf.all.route_localnet", "1"));
    }
    settings.sort(Comparator.comparing(Sysctl::name));
    return List.copyOf(settings);
  }

  private static List<Sysctl> conntrack(Conntrack conntrack, int cpus) {
    List<Sysctl> settings = new ArrayList<>();
    long entries = entries(conntrack, cpus);
    if (entries > 0) {
      settings.add(new Sysctl(CONNTRACK + "max", Long.toString(entries)));
    }
    timeout(settings, "tcp_timeout_established", conntrack.tcpEstablishedTimeout());
    timeout(settings, "tcp_timeout_close_wait", conntrack.tcpCloseWaitTimeout());
    if (conntrack.tcpBeLiberal()) {
      settings.add(new Sysctl(CONNTRACK + "tcp_be_liberal", "1"));
    }
    timeout(settings, "udp_timeout", conntrack.udpTimeout());
    timeout(settings, "udp_timeout_stream", conntrack.udpStreamTimeout());
    return settings;
  }

  private static long entries(Conntrack conntrack, int cpus) {
    long scaled = (long) conntrack.maxPerCore() * cpus;
    if (scaled <= 0) {
      return 0;
    }
    return scaled > MOST_ENTRIES ? MOST_ENTRIES : Math.max(scaled, conntrack.min());
  }

  private static void timeout(List<Sysctl> settings, String name, Optional<Duration> timeout) {
    timeout
        .filter(duration -> duration.compareTo(Duration.ZERO) > 0)
        .ifPresent(
            duration ->
                settings.add(new Sysctl(CONNTRACK + name, Long.toString(duration.toSeconds()))));
  }

  /// `NAME = VALUE`, a line of a file for `sysctl -p`.
  @Override
  public String toString() {
    return name + " = " + value;
  }
}
