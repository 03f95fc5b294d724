package dev.kproxy.host;

/// One thing on a host that is not as it was applied.
///
/// @param place where: a table, a chain and the number of a rule, a set, a virtual server, a
///   setting
/// @param message what is not as it was
public record Finding(String place, String message) {
  /// Both, as one line.
  @Override
  public String toString() {
    return place + ": " + message;
  }
}
