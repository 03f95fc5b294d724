package dev.kproxy.cli;

import dev.kproxy.cli.command.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// `kproxy trace`: it only knows what can be traced.
final class TraceCommand implements Command {
  @Override
  public String name() {
    return "trace";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .description("Tell what the kernel would do.")
        .footer(TracePacketCommand.EXAMPLES);
  }

  @Override
  public int run(ParseResult given) {
    throw new ParameterException(
        given.commandSpec().commandLine(), "what is to be traced is missing: packet");
  }
}
