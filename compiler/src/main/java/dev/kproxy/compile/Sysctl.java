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
/// @param name its name
/// @param value its value
public record Sysctl(Name name, String value) {
  /// kube-proxy never scales the table beyond a million entries (`getConntrackMax`).
  private static final long MOST_ENTRIES = 1_048_576;

  /// What kube-proxy may set, in whatever mode.
  public enum Name {
    ARP_ANNOUNCE("net.ipv4.conf.all.arp_announce"),
    ARP_IGNORE("net.ipv4.conf.all.arp_ignore"),
    ROUTE_LOCALNET("net.ipv4.conf.all.route_localnet"),
    IP_FORWARD("net.ipv4.ip_forward"),
    VS_CONNTRACK("net.ipv4.vs.conntrack"),
    VS_EXPIRE_NODEST_CONN("net.ipv4.vs.expire_nodest_conn"),
    VS_EXPIRE_QUIESCENT_TEMPLATE("net.ipv4.vs.expire_quiescent_template"),
    CONNTRACK_MAX("net.netfilter.nf_conntrack_max"),
    TCP_BE_LIBERAL("net.netfilter.nf_conntrack_tcp_be_liberal"),
    TCP_TIMEOUT_CLOSE_WAIT("net.netfilter.nf_conntrack_tcp_timeout_close_wait"),
    TCP_TIMEOUT_ESTABLISHED("net.netfilter.nf_conntrack_tcp_timeout_established"),
    UDP_TIMEOUT("net.netfilter.nf_conntrack_udp_timeout"),
    UDP_TIMEOUT_STREAM("net.netfilter.nf_conntrack_udp_timeout_stream");

    private final String dotted;

    Name(String dotted) {
      this.dotted = dotted;
    }

    /// As `sysctl` writes it, with dots.
    @Override
    public String toString() {
      return dotted;
    }
  }

  /// Whether kube-proxy ever sets what has this name, with dots.
  public static boolean isKubeProxys(String name) {
    for (Name known : Name.values()) {
      if (known.toString().equals(name)) {
        return true;
      }
    }
    return false;
  }

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
          settings.add(new Sysctl(Name.ROUTE_LOCALNET, "1"));
        }
      }
      case IPVS -> settings.addAll(ipvs(configuration.ipvs().strictArp()));
      case NFTABLES, USERSPACE -> {}
    }
    settings.sort((a, b) -> a.name().toString().compareTo(b.name().toString()));
    return List.copyOf(settings);
  }

  /// `net.ipv4.vs.conn_reuse_mode`, which kube-proxy sets where the kernel is older than 5.9, is
  /// left out.
  private static List<Sysctl> ipvs(boolean strictArp) {
    List<Sysctl> settings = new ArrayList<>();
    for (Name name :
        List.of(
            Name.VS_CONNTRACK,
            Name.VS_EXPIRE_NODEST_CONN,
            Name.VS_EXPIRE_QUIESCENT_TEMPLATE,
            Name.IP_FORWARD)) {
      settings.add(new Sysctl(name, "1"));
    }
    if (strictArp) {
      settings.add(new Sysctl(Name.ARP_IGNORE, "1"));
      settings.add(new Sysctl(Name.ARP_ANNOUNCE, "2"));
    }
    return settings;
  }

  private static List<Sysctl> conntrack(Conntrack conntrack, int cpus) {
    List<Sysctl> settings = new ArrayList<>();
    long entries = entries(conntrack, cpus);
    if (entries > 0) {
      settings.add(new Sysctl(Name.CONNTRACK_MAX, Long.toString(entries)));
    }
    timeout(settings, Name.TCP_TIMEOUT_ESTABLISHED, conntrack.tcpEstablishedTimeout());
    timeout(settings, Name.TCP_TIMEOUT_CLOSE_WAIT, conntrack.tcpCloseWaitTimeout());
    if (conntrack.tcpBeLiberal()) {
      settings.add(new Sysctl(Name.TCP_BE_LIBERAL, "1"));
    }
    timeout(settings, Name.UDP_TIMEOUT, conntrack.udpTimeout());
    timeout(settings, Name.UDP_TIMEOUT_STREAM, conntrack.udpStreamTimeout());
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

  private static void timeout(List<Sysctl> settings, Name name, Optional<Duration> timeout) {
    timeout
        .filter(duration -> duration.compareTo(Duration.ZERO) > 0)
        .ifPresent(duration -> settings.add(new Sysctl(name, Long.toString(duration.toSeconds()))));
  }

  /// `NAME = VALUE`, a line of a file for `sysctl -p`.
  @Override
  public String toString() {
    return name + " = " + value;
  }
}
