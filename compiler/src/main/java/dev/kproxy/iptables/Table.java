package dev.kproxy.iptables;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One table: `filter`, `nat`, `mangle`, `raw` or `security`.
///
/// The rules print after all chain lines, chain by chain in the order of `chains`, as iptables-save
/// does it. A file that iptables-restore reads may interleave the rules of several chains; then
/// `runs` holds the order in which they stood.
///
/// @param runs stretches of consecutive rules of one chain, in the order of the file; empty where
///   the rules stand grouped in the order of `chains`
public record Table(String name, Chains chains, List<Run> runs) {
  private static final Map<String, List<String>> BUILT_IN =
      Map.of(
          "raw", List.of("PREROUTING", "OUTPUT"),
          "mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
          "nat", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
          "filter", List.of("INPUT", "FORWARD", "OUTPUT"),
          "security", List.of("INPUT", "FORWARD", "OUTPUT"));

  public Table {
    runs = List.copyOf(runs);
  }

  /// A table whose rules stand grouped by chain.
  public Table(String name, List<Chain> chains) {
    this(name, Chains.of(chains), List.of());
  }

  /// Whether the kernel has a table of that name.
  public static boolean isKnown(String name) {
    return BUILT_IN.containsKey(name);
  }

  /// The chains that a table comes with; none where the kernel has no table of that name.
  public static List<String> builtInChains(String name) {
    return BUILT_IN.getOrDefault(name, List.of());
  }

  /// The chain of that name.
  public Optional<Chain> chain(String name) {
    return Optional.ofNullable(chains.find(name));
  }

  /// The next `rules` rules of `chain`, counted from where its last run ended.
  public record Run(String chain, int rules) {}
}
