package dev.kproxy.simulate.iptables;

import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.host.Addresses;
import dev.kproxy.simulate.host.Routing;
import dev.kproxy.simulate.host.Sets;

/// The facts of a host, made ready to be asked.
record Facts(HostFacts host, Addresses addresses, Routing routing, Sets sets) {
  static Facts of(HostFacts host) {
    Addresses addresses = new Addresses(host.interfaces());
    return new Facts(host, addresses, new Routing(host, addresses), new Sets(host.sets()));
  }
}
