package dev.kproxy.cli.command;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/// How options are described and asked for.
public final class Options {
  /// Says more on stderr.
  public static final String VERBOSE = "--verbose";

  /// Makes every note an error.
  public static final String STRICT = "--strict";

  /// Shows where kproxy itself failed.
  public static final String DEBUG = "--debug";

  /// What an option or an argument is given, which is never nothing: as the name of a file, that
  /// would be the current directory.
  public static final ITypeConverter<String> GIVEN =
      value -> {
        if (value.isEmpty()) {
          throw new TypeConversionException("an empty value");
        }
        return value;
      };

  private Options() {}

  /// Adds the options that every command has.
  public static void addCommon(CommandSpec command) {
    command.addOption(flag("Say more on stderr.", "-v", VERBOSE));
    command.addOption(flag("Every note is an error.", STRICT));
    command.addOption(flag("Show where kproxy itself failed.", DEBUG));
  }

  /// An option without a value.
  public static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /// An option with one value, given once.
  public static OptionSpec text(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .converters(GIVEN)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  /// An option with one value, given any number of times.
  public static OptionSpec list(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .converters(GIVEN)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  /// Whether a flag is given.
  public static boolean has(ParseResult given, String name) {
    return given.matchedOptionValue(name, false);
  }

  /// The value of an option, if it is given.
  public static Optional<String> one(ParseResult given, String name) {
    return Optional.ofNullable(given.<String>matchedOptionValue(name, null));
  }

  /// The values of an option in the order in which they are given.
  public static List<String> all(ParseResult given, String name) {
    return List.copyOf(given.<List<String>>matchedOptionValue(name, List.of()));
  }
}
