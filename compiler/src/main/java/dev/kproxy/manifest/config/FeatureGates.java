package dev.kproxy.manifest.config;

import dev.kproxy.net.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The feature gates that the kube-proxy binary knows: all those that its libraries register, of
/// which hardly any concerns it.
final class FeatureGates {
  private static final String TABLE = "feature-gates.txt";
  private static final String ALL_ALPHA = "AllAlpha";
  private static final String ALL_BETA = "AllBeta";

  /// A gate.
  ///
  /// @param stage `alpha`, `beta`, `ga` or `deprecated`
  /// @param on whether it is on by default
  /// @param locked whether it cannot be set to anything else
  /// @param needs the gates that must be on where this one is
  private record Gate(String stage, boolean on, boolean locked, List<String> needs) {}

  private static final Map<String, Gate> KNOWN = load();

  private final Map<String, Boolean> set;

  /// @param set what the configuration says
  FeatureGates(Map<String, Boolean> set) {
    this.set = Map.copyOf(set);
  }

  /// Whether the gate is on.
  boolean isOn(String name) {
    Gate gate = Objects.requireNonNull(KNOWN.get(name), name);
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
    List<String> faults = new ArrayList<>();
    set.keySet().stream()
        .sorted()
        .forEach(
            name -> {
              Gate gate = KNOWN.get(name);
              if (gate == null) {
                faults.add(
                    "no feature gate of kube-proxy 1.36 has the name " + Printable.quote(name));
              } else if (gate.locked && gate.on != set.getOrDefault(name, gate.on)) {
                faults.add("the feature gate " + name + " is locked to " + gate.on);
              }
            });
    return faults.isEmpty() ? missing() : faults;
  }

  private List<String> missing() {
    List<String> faults = new ArrayList<>();
    KNOWN.forEach(
        (name, gate) -> {
          if (isOn(name)) {
            gate.needs.stream()
                .filter(needed -> !isOn(needed))
                .forEach(needed -> faults.add(name + " is on, but needs " + needed));
          }
        });
    return faults;
  }

  private static Map<String, Gate> load() {
    try (InputStream in =
        Objects.requireNonNull(FeatureGates.class.getResourceAsStream(TABLE), TABLE)) {
      Map<String, Gate> gates = new LinkedHashMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .forEach(columns -> gates.put(columns[0], gate(columns)));
      return gates;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Gate gate(String[] columns) {
    List<String> needs = List.of(columns).subList(3, columns.length);
    return new Gate(columns[1], columns[2].startsWith("on"), columns[2].endsWith("!"), needs);
  }
}
