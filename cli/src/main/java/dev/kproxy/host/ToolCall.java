package dev.kproxy.host;

import java.time.Duration;
import java.util.List;

/// One run of a tool: no shell, fixed arguments, data on standard input.
///
/// @param tool its name, without a folder
/// @param arguments what it is given
/// @param input its standard input
/// @param limit how long it may take
/// @param writes whether it changes the kernel
public record ToolCall(
    String tool, List<String> arguments, String input, Duration limit, boolean writes) {
  private static final Duration SHORT = Duration.ofSeconds(60);

  public ToolCall {
    arguments = List.copyOf(arguments);
  }

  /// A run that only reads.
  public static ToolCall reading(String tool, String... arguments) {
    return new ToolCall(tool, List.of(arguments), "", SHORT, false);
  }

  /// A run that changes something small.
  public static ToolCall writing(String tool, String... arguments) {
    return new ToolCall(tool, List.of(arguments), "", SHORT, true);
  }

  /// The same run with this input.
  public ToolCall with(String data) {
    return new ToolCall(tool, arguments, data, limit, writes);
  }

  /// The same run with more time.
  public ToolCall within(Duration time) {
    return new ToolCall(tool, arguments, input, time, writes);
  }
}
