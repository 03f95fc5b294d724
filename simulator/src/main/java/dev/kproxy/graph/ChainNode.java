package dev.kproxy.graph;

/// A chain of a table.
///
/// @param builtIn whether a hook calls it
public record ChainNode(String table, String chain, boolean builtIn) {
  /// `nat KUBE-SERVICES`.
  @Override
  public String toString() {
    return table + " " + chain;
  }
}
