package dev.kproxy.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// How options are described and asked for.
final class Options {
  static final String VERBOSE = "--verbose";
  static final String STRICT = "--strict";
  static final String DEBUG = "--debug";

  private Options() {}

  /// Adds the options that every command has.
  static void addCommon(CommandSpec command) {
    command.addOption(flag("Say more on stderr.", "-v", VERBOSE));
    command.addOption(flag("Every note is an error.", STRICT));
    command.addOption(flag("Show where kproxy itself failed.", DEBUG));
  }

  /// An option without a value.
  static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /// An option with one value, given once.
  static OptionSpec text(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  /// An option with one value, given any number of times.
  static OptionSpec list(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  /// Whether a flag is given.
  static boolean has(ParseResult given, String name) {
    return given.matchedOptionValue(name, false);
  }

  /// The value of an option, if it is given.
  static Optional<String> one(ParseResult given, String name) {
    return Optional.ofNullable(given.<String>matchedOptionValue(name, null));
  }

  /// The values of an option in the order in which they are given.
  static List<String> all(ParseResult given, String name) {
    return List.copyOf(given.<List<String>>matchedOptionValue(name, List.of()));
  }
}
