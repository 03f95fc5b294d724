package dev.kproxy.simulate.host;

import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.ipvs.VirtualServers;

/// The facts of a host, made ready to be asked.
public record Facts(
    HostFacts host,
    Addresses addresses,
    Routing routing,
    Sets sets,
    VirtualServers virtualServers) {
  /// What follows from what is told of a host.
  public static Facts of(HostFacts host) {
    Addresses addresses = new Addresses(host.interfaces(), host.virtual(), host.routes());
    return new Facts(
        host,
        addresses,
        new Routing(host, addresses),
        new Sets(host.sets()),
        new VirtualServers(host.ipvs()));
  }
}
