package dev.kproxy.host.apply;

import java.util.Locale;

/// A command that changes a host.
enum Verb {
  /// To what was compiled.
  APPLY,
  /// To what was there before.
  ROLLBACK,
  /// To what was there before kproxy came.
  UNINSTALL,
  /// To what was committed, after a boot.
  RECOVER;

  /// As it is written on the command line, and in the journal.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
