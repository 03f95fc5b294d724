package dev.kproxy.manifest.config;

import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The feature gates that the kube-proxy binary knows: all those that its libraries register, of
/// which hardly any concerns it.
final class FeatureGates {
  private static final String ALL_ALPHA = "AllAlpha";
  private static final String ALL_BETA = "AllBeta";

  /// A gate.
  ///
  /// @param name its name
  /// @param stage `alpha`, `beta`, `ga` or `deprecated`
  /// @param on whether it is on by default
  /// @param locked whether it cannot be set to anything else
  /// @param needs the gates that must be on where this one is
  private record Gate(String name, String stage, boolean on, boolean locked, List<String> needs) {}

  private final Map<String, Boolean> set;

  /// @param set what the configuration says
  FeatureGates(Map<String, Boolean> set) {
    this.set = Map.copyOf(set);
  }

  /// Whether the gate is on.
  boolean isOn(String name) {
    Gate gate = find(name).orElseThrow();
    boolean byDefault =
        switch (gate.stage) {
          case "alpha" -> set.getOrDefault(ALL_ALPHA, gate.on);
          case "beta" -> set.getOrDefault(ALL_BETA, gate.on);
          default -> gate.on;
        };
    return set.getOrDefault(name, byDefault);
  }

  /// What is wrong with the gates that were set, one sentence each.
  List<String> faults() {
    if (set.isEmpty()) {
      return List.of();
    }
    List<String> faults = new ArrayList<>();
    set.keySet().stream()
        .sorted()
        .forEach(
            name -> {
              Optional<Gate> gate = find(name);
              if (gate.isEmpty()) {
                faults.add(
                    "no feature gate of kube-proxy 1.36 has the name " + Printable.quote(name));
              } else if (gate.get().locked
                  && gate.get().on != set.getOrDefault(name, gate.get().on)) {
                faults.add("the feature gate " + name + " is locked to " + gate.get().on);
              }
            });
    return faults.isEmpty() ? missing() : faults;
  }

  private List<String> missing() {
    List<String> faults = new ArrayList<>();
    FeatureGateTable.TEXT
        .lines()
        .map(FeatureGates::gate)
        .forEach(
            gate ->
                gate.needs.stream()
                    .filter(needed -> isOn(gate.name) && !isOn(needed))
                    .forEach(needed -> faults.add(gate.name + " is on, but needs " + needed)));
    return faults;
  }

  private static Optional<Gate> find(String name) {
    String text = FeatureGateTable.TEXT;
    int line = text.indexOf("\n" + name + " ") + 1; // The first line, where no other has it.
    return Optional.of(gate(text.substring(line, text.indexOf('\n', line))))
        .filter(gate -> gate.name.equals(name));
  }

  private static Gate gate(String line) {
    List<String> columns = List.of(line.split(" "));
    return new Gate(
        columns.get(0),
        columns.get(1),
        columns.get(2).startsWith("on"),
        columns.get(2).endsWith("!"),
        columns.subList(3, columns.size()));
  }
}
