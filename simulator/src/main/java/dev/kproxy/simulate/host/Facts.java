package dev.kproxy.simulate.host;

import dev.kproxy.simulate.HostFacts;

/// The facts of a host, made ready to be asked.
public record Facts(HostFacts host, Addresses addresses, Routing routing, Sets sets) {
  /// What follows from what is told of a host.
  public static Facts of(HostFacts host) {
    Addresses addresses = new Addresses(host.interfaces());
    return new Facts(host, addresses, new Routing(host, addresses), new Sets(host.sets()));
  }
}
