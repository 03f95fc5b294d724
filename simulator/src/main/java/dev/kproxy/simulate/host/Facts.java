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
    Settings settings = new Settings(host.sysctls(), host.ipvs().isPresent());
    Addresses addresses = new Addresses(host, settings);
    return new Facts(
        host,
        addresses,
        new Routing(addresses, settings, host.routes()),
        new Sets(host.sets()),
        new VirtualServers(host.ipvs()));
  }
}
