package dev.kproxy.iptables.text;

/// The ways in which one rule is written.
public enum Spelling {
  /// What iptables-save prints: the order and the spelling of the kernel, no counters of rules.
  SAVE,
  /// The same with counters, as `iptables-save -c`: `[packets:bytes]` before each rule.
  SAVE_COUNTERS,
  /// What kube-proxy feeds to `iptables-restore --noflush --counters`: matches in the order in
  /// which they were written, hosts without a length, marks with eight digits.
  RESTORE
}
