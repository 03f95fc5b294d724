package dev.kproxy.cli.diff;

import java.util.Comparator;

/// What findings are about: a Service port, or none. In the order in which reports name them, those
/// of none come last.
///
/// @param service as `namespace/name:port`; empty where it is none
/// @param protocol of the port, where it is one; empty otherwise
record Subject(String service, String protocol) implements Comparable<Subject> {
  static final Subject NONE = new Subject("", "");

  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::isNone)
          .thenComparing(Subject::service)
          .thenComparing(Subject::protocol);

  boolean isNone() {
    return service.isEmpty();
  }

  /// `shop/web:http (tcp)`, `no Service`.
  String title() {
    if (isNone()) {
      return "no Service";
    }
    return protocol.isEmpty() ? service : service + " (" + protocol + ")";
  }

  @Override
  public int compareTo(Subject other) {
    return ORDER.compare(this, other);
  }
}
