package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.manifest.fields.Notes;
import dev.kproxy.manifest.read.Endpoints.Address;
import dev.kproxy.manifest.read.Endpoints.Subset;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Makes the EndpointSlices of an Endpoints object that the EndpointSliceMirroring controller makes
/// (`pkg/controller/endpointslicemirroring`).
///
/// Subsets are first packed anew, so that ports with the same addresses come together and an
/// address that any subset calls not ready for a port is not; then each gives a slice for each
/// family. What the controller leaves to chance, the names of slices and the order of endpoints, is
/// in a defined order here.
final class Mirror {
  /// The controller's default for `--mirroring-max-endpoints-per-subset`.
  private static final int MOST_ADDRESSES = 1000;

  private final Endpoints endpoints;
  private final Notes notes;
  private final Map<Ip, Address> firsts = new HashMap<>();
  private final List<EndpointSlice> slices = new ArrayList<>();

  private Mirror(Endpoints endpoints, Notes notes) {
    this.endpoints = endpoints;
    this.notes = notes;
  }

  /// The slices of `endpoints`.
  static List<EndpointSlice> slices(Endpoints endpoints, Notes notes) {
    Mirror mirror = new Mirror(endpoints, notes);
    mirror.packed().forEach(mirror::addSlices);
    return mirror.slices;
  }

  /// The ports that each set of addresses has.
  private Map<Map<Ip, Boolean>, List<Port>> packed() {
    Map<Optional<Port>, Map<Ip, Boolean>> byPort = new LinkedHashMap<>();
    for (Subset subset : endpoints.subsets()) {
      for (Optional<Port> port : ports(subset)) {
        Map<Ip, Boolean> readiness = byPort.computeIfAbsent(port, _ -> new TreeMap<>());
        for (Address address : subset.addresses()) {
          firsts.putIfAbsent(address.ip(), address);
          readiness.merge(address.ip(), address.ready(), Boolean::logicalAnd);
        }
      }
    }
    Map<Map<Ip, Boolean>, List<Port>> packed = new LinkedHashMap<>();
    byPort.forEach(
        (port, readiness) -> {
          List<Port> group = packed.computeIfAbsent(readiness, _ -> new ArrayList<>());
          port.ifPresent(group::add);
        });
    return packed;
  }

  /// A subset without ports is kept as one with none.
  private static List<Optional<Port>> ports(Subset subset) {
    return subset.ports().isEmpty()
        ? List.of(Optional.empty())
        : subset.ports().stream().map(Optional::of).toList();
  }

  private void addSlices(Map<Ip, Boolean> readiness, List<Port> ports) {
    Set<String> names = new HashSet<>();
    if (!ports.stream().allMatch(port -> names.add(port.name()))) {
      note(Code.MIRRORED, "has two ports of one name, of which a cluster would make no slice");
    }
    List<Map.Entry<Ip, Boolean>> chosen = chosen(readiness);
    for (Family family : Family.values()) {
      List<Endpoint> members = new ArrayList<>();
      for (Map.Entry<Ip, Boolean> address : chosen) {
        if (address.getKey().family() == family) {
          members.add(endpoint(address.getKey(), address.getValue()));
        }
      }
      if (!members.isEmpty()) {
        slices.add(slice(family, ports, members));
      }
    }
  }

  /// The addresses that fit: the ready ones first, then by their text.
  private List<Map.Entry<Ip, Boolean>> chosen(Map<Ip, Boolean> readiness) {
    List<Map.Entry<Ip, Boolean>> all = new ArrayList<>(readiness.entrySet());
    if (all.size() <= MOST_ADDRESSES) {
      return all;
    }
    note(
        Code.PASSED_OVER,
        "only " + MOST_ADDRESSES + " of " + all.size() + " addresses of a subset are mirrored");
    all.sort(
        Comparator.comparing((Map.Entry<Ip, Boolean> address) -> !address.getValue())
            .thenComparing(address -> address.getKey().toString()));
    return all.subList(0, MOST_ADDRESSES);
  }

  private Endpoint endpoint(Ip ip, boolean ready) {
    Address first = Objects.requireNonNull(firsts.get(ip), "an address of the subsets");
    return new Endpoint(ip, ready, true, false, first.node(), List.of(), List.of(), first.pod());
  }

  private EndpointSlice slice(Family family, List<Port> ports, List<Endpoint> members) {
    return new EndpointSlice(
        endpoints.namespace(),
        endpoints.name() + "-mirrored-" + (slices.size() + 1),
        endpoints.location(),
        endpoints.name(),
        endpoints.headless(),
        Optional.of(family),
        ports,
        members);
  }

  private void note(Code code, String message) {
    notes.accept(
        new Diagnostic(
            Severity.NOTE,
            code,
            Optional.of(endpoints.location()),
            endpoints.describe(),
            "subsets",
            message));
  }
}
