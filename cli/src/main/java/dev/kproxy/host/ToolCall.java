package dev.kproxy.host;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// One run of a tool: no shell, fixed arguments, data on standard input.
///
/// @param tool its name, without a folder
/// @param arguments what it is given
/// @param input its standard input
/// @param limit how long it may take
/// @param writes whether it changes the kernel
/// @param kept which lines of its standard output are kept
public record ToolCall(
    String tool,
    List<String> arguments,
    String input,
    Duration limit,
    boolean writes,
    Predicate<String> kept) {
  /// Keeps all that a tool prints.
  public static final Predicate<String> ALL = _ -> true;

  private static final Duration SHORT = Duration.ofSeconds(60);

  public ToolCall {
    arguments = List.copyOf(arguments);
  }

  /// The tool and its arguments.
  List<String> words() {
    return Stream.concat(Stream.of(tool), arguments.stream()).toList();
  }

  /// A run that only reads.
  public static ToolCall reading(String tool, String... arguments) {
    return new ToolCall(tool, List.of(arguments), "", SHORT, false, ALL);
  }

  /// A run that changes something small.
  public static ToolCall writing(String tool, String... arguments) {
    return new ToolCall(tool, List.of(arguments), "", SHORT, true, ALL);
  }

  /// The same run with this input.
  public ToolCall with(String data) {
    return new ToolCall(tool, arguments, data, limit, writes, kept);
  }

  /// The same run with more time.
  public ToolCall within(Duration time) {
    return new ToolCall(tool, arguments, input, time, writes, kept);
  }

  /// The same run, of whose output only these lines are kept: the others may be more than there is
  /// room for.
  public ToolCall keeping(Predicate<String> lines) {
    return new ToolCall(tool, arguments, input, limit, writes, lines);
  }
}
