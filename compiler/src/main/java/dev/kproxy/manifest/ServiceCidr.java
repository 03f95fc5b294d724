package dev.kproxy.manifest;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Location;
import java.util.List;

/// A range of cluster IPs.
///
/// @param name its name
/// @param location where its document begins
/// @param cidrs one range, or one of each family
public record ServiceCidr(String name, Location location, List<Cidr> cidrs) {
  public ServiceCidr {
    cidrs = List.copyOf(cidrs);
  }
}
