package dev.kproxy.simulate;

/// What the probability of an outcome means, from the firmest to the loosest.
public enum Share {
  /// A draw for each connection.
  EXACT("exact"),
  /// The share of many connections: who comes next depends on those before.
  LONG_RUN("long-run"),
  /// The client decides, so that one client always gets the same.
  BY_CLIENT("by-client"),
  /// The connections at that time decide; the share is that of idle servers.
  BY_LOAD("by-load");

  private final String text;

  Share(String text) {
    this.text = text;
  }

  /// The looser of the two.
  public Share and(Share other) {
    return compareTo(other) < 0 ? other : this;
  }

  /// The spelling of the JSON: `long-run`.
  @Override
  public String toString() {
    return text;
  }
}
