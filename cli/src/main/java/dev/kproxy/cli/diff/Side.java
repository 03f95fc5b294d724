package dev.kproxy.cli.diff;

import dev.kproxy.cli.trace.Dump;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.manifest.Service;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.plan.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One side of a comparison.
///
/// @param name what the user called it
/// @param dump its rules, and what else of the node packets meet
/// @param files the file of each family's rules; empty where they were compiled
/// @param plans of its manifests; empty where it has none
/// @param services where each Service of its manifests stands, by `namespace/name`
/// @param own addresses of the node that were told one by one
/// @param interfaces of the node, where they were told
/// @param settings the lines of its `sysctl.conf`, where it is a directory that has one
record Side(
    String name,
    Dump dump,
    Map<Family, String> files,
    List<Plan> plans,
    Map<String, Location> services,
    List<Ip> own,
    Optional<List<Interface>> interfaces,
    Optional<List<String>> settings) {
  Side {
    files = Map.copyOf(files);
    plans = List.copyOf(plans);
    services = Map.copyOf(services);
    own = List.copyOf(own);
  }

  /// Its rules of each family that it has.
  Map<Family, Ruleset> rules() {
    return dump.rules();
  }

  /// Where the manifest of the Service stands that a Service port is of.
  ///
  /// @param port as `namespace/name:port`
  Optional<Location> manifest(String port) {
    return Optional.ofNullable(services.get(port.replaceFirst(":.*", "")));
  }

  /// Where Services stand, by `namespace/name`.
  static Map<String, Location> places(List<Service> services) {
    Map<String, Location> places = HashMap.newHashMap(services.size());
    for (Service service : services) {
      places.put(service.namespacedName(), service.location());
    }
    return places;
  }
}
