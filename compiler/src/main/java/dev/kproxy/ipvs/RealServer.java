package dev.kproxy.ipvs;

import dev.kproxy.net.Ip;

/// A server that connections to a virtual server are given to.
///
/// @param port with [Forwarding.Method#ROUTE] and [Forwarding.Tunnel] that of the virtual server
/// @param weight its share, as the scheduler understands it; 0 takes no new connections
/// @param upperThreshold the number of connections at which it is given no more; 0 for no limit
/// @param lowerThreshold the number of connections below which it is given some again; 0 for three
///   quarters of the upper one
public record RealServer(
    Ip address,
    int port,
    Forwarding forwarding,
    int weight,
    int upperThreshold,
    int lowerThreshold) {
  /// The highest weight that ipvsadm takes.
  public static final int WEIGHT_LIMIT = 65_535;

  /// @throws IllegalArgumentException where ipvsadm or the kernel would not take a number
  public RealServer {
    if (port < 0 || port > 65_535 || weight < 0 || weight > WEIGHT_LIMIT) {
      throw new IllegalArgumentException("port " + port + ", weight " + weight);
    }
    if (lowerThreshold < 0 || lowerThreshold > upperThreshold) {
      throw new IllegalArgumentException(lowerThreshold + " > " + upperThreshold);
    }
  }

  /// The address with the port: `10.0.0.1:80`, `[fd00::1]:80`.
  public String socket() {
    return address.withPort(port);
  }

  /// A server as kube-proxy makes it: without thresholds, its address put into the packets.
  public static RealServer masqueraded(Ip address, int port, int weight) {
    return new RealServer(address, port, Forwarding.Method.MASQUERADE, weight, 0, 0);
  }
}
