package dev.kproxy.cli;

import picocli.CommandLine.Option;

/// The options that every command has.
final class Common {
  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  boolean verbose;

  @Option(names = "--strict", description = "Every note is an error.")
  boolean strict;

  @Option(names = "--debug", description = "Show where kproxy itself failed.")
  boolean debug;
}
