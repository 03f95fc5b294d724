package dev.kproxy.cli.trace;

/// A packet that cannot be.
public final class BadPacket extends Exception {
  private static final long serialVersionUID = 1L;

  BadPacket(String message) {
    super(message, null, false, false);
  }

  /// What is wrong, in one sentence without a full stop.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
