package dev.kproxy.compile;

import java.util.Locale;

/// Whose text rules are printed as.
public enum Style {
  /// What iptables-save prints on a node that has these rules and no others.
  SAVE,
  /// What kube-proxy itself feeds to iptables-restore.
  RESTORE;

  /// `save` or `restore`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
