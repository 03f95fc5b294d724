package dev.kproxy.cli.command;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// One of kproxy's commands.
///
/// Commands describe themselves to picocli by calls: its annotations are read by reflection, which
/// takes longer than all the rest of a short run.
public interface Command {
  /// What the user calls it by.
  String name();

  /// Sets the command's texts and options.
  void describe(CommandSpec spec);

  /// Does what the user asked for.
  ///
  /// @return the exit code
  /// @throws Failure where the command fails and has said why
  int run(ParseResult given) throws IOException;
}
