package dev.kproxy.compile;

import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.Conntrack;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
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

  /// The settings of the configured mode, by name.
  ///
  /// @param plans one for each family that the node has
  public static List<Sysctl> of(
      ProxyConfiguration configuration, NodeFacts node, List<Plan> plans) {
    List<Sysctl> settings =
        new ArrayList<>(conntrack(configuration.conntrack(), node.cpus().orElse(1)));
    switch (configuration.mode()) {
      case IPTABLES -> {
        if (plans.stream().anyMatch(Plan::localhostNodePorts)) {
          settings.add(new Sysctl("net.ipv4.conf.all.route_localnet", "1"));
        }
      }
      case IPVS -> settings.addAll(ipvs(configuration.ipvs().strictArp()));
      case NFTABLES, USERSPACE -> {}
    }
    settings.sort((a, b) -> a.name().compareTo(b.name()));
    return List.copyOf(settings);
  }

  /// `net.ipv4.vs.conn_reuse_mode`, which kube-proxy sets where the kernel is older than 5.9, is
  /// left out.
  private static List<Sysctl> ipvs(boolean strictArp) {
    List<Sysctl> settings = new ArrayList<>();
    for (String name :
        List.of("vs.conntrack", "vs.expire_nodest_conn", "vs.expire_quiescent_template")) {
      settings.add(new Sysctl("net.ipv4." + name, "1"));
    }
    settings.add(new Sysctl("net.ipv4.ip_forward", "1"));
    if (strictArp) {
      settings.add(new Sysctl("net.ipv4.conf.all.arp_ignore", "1"));
      settings.add(new Sysctl("net.ipv4.conf.all.arp_announce", "2"));
    }
    return settings;
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

  /// Whether the number of CPUs says how many entries the table of connections has: with enough of
  /// them it has the most, so it must have as many with one.
  public static boolean hangsOnCpus(Conntrack conntrack) {
    return conntrack.maxPerCore() > 0 && entries(conntrack, 1) != MOST_ENTRIES;
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
