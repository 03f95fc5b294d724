package dev.kproxy.ipvs;

import java.util.List;
import java.util.Optional;

/// All virtual servers of a network namespace.
///
/// @param timeouts empty where the text says nothing of them
/// @param servers in the order in which they are written; no two have the same address
public record IpvsTable(Optional<Timeouts> timeouts, List<VirtualServer> servers) {
  public IpvsTable {
    servers = List.copyOf(servers);
  }

  /// For how many seconds connections are kept that nothing comes for; 0 leaves what is set.
  ///
  /// @param tcp TCP connections
  /// @param tcpFin TCP connections after a FIN
  /// @param udp UDP
  public record Timeouts(int tcp, int tcpFin, int udp) {
    /// The longest that ipvsadm takes, 31 days.
    public static final int LIMIT = 31 * 86_400;

    /// @throws IllegalArgumentException where ipvsadm would not take one of them
    public Timeouts {
      if (Math.min(tcp, Math.min(tcpFin, udp)) < 0
          || Math.max(tcp, Math.max(tcpFin, udp)) > LIMIT) {
        throw new IllegalArgumentException(tcp + " " + tcpFin + " " + udp);
      }
    }
  }
}
