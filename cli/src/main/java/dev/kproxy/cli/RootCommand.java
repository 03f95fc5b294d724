package dev.kproxy.cli;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Version;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/// `kproxy` itself: it only knows its commands.
final class RootCommand implements Command {
  @Override
  public String name() {
    return "kproxy";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.versionProvider(new Version());
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .description("What kube-proxy would do: compiled, offline, byte for byte.")
        .footer(
            "",
            "Examples:",
            "  kproxy compile -f cluster.yaml --node worker-1",
            "  kproxy compile -f manifests/ -R --allocate 10.96.0.0/16 -d rules/");
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .scopeType(ScopeType.INHERIT)
            .description("Show this help.")
            .build());
    spec.addOption(
        OptionSpec.builder("--version").versionHelp(true).description("Show the version.").build());
  }

  @Override
  public int run(ParseResult given) {
    throw new ParameterException(given.commandSpec().commandLine(), "a command is missing");
  }
}
