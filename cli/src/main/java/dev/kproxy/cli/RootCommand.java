package dev.kproxy.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `kproxy` itself: it only knows its commands.
@Command(
    name = "kproxy",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "What kube-proxy would do: compiled, offline, byte for byte.",
    footer = {
      "",
      "Examples:",
      "  kproxy compile -f cluster.yaml --node worker-1",
      "  kproxy compile -f manifests/ -R --allocate 10.96.0.0/16 -d rules/"
    })
final class RootCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  boolean version;

  @Override
  public Integer call() {
    CommandSpec commands = Objects.requireNonNull(spec);
    throw new ParameterException(commands.commandLine(), "a command is missing");
  }
}
