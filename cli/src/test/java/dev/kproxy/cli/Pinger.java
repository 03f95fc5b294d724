package dev.kproxy.cli;

import java.io.IOException;
import java.net.InetAddress;

/// Pings an address from the network namespace that it is started in: `java … Pinger ADDRESS`, by
/// root. Whatever comes back is for others to see.
final class Pinger {
  private static final int PATIENCE = 2000;

  private Pinger() {}

  public static void main(String[] address) throws IOException {
    System.out.println(InetAddress.getByName(address[0]).isReachable(PATIENCE));
  }
}
