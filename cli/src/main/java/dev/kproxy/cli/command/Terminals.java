package dev.kproxy.cli.command;

/// Which of a process's streams go to a terminal.
///
/// @param data standard output
/// @param talk standard error
public record Terminals(boolean data, boolean talk) {
  /// A run that nobody watches.
  public static final Terminals NONE = new Terminals(false, false);

  /// What the launcher says: the numbers of the streams that go to a terminal, such as `12`.
  public static Terminals of(String streams) {
    return new Terminals(streams.contains("1"), streams.contains("2"));
  }
}
