package dev.kproxy.cli;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.net.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy completion`: a script that completes kproxy's words in a shell.
final class CompletionCommand implements Command {
  private final Console console;
  private final Supplier<CommandLine> kproxy;

  CompletionCommand(Console console, Supplier<CommandLine> kproxy) {
    this.console = console;
    this.kproxy = kproxy;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Print a completion script for a shell.")
        .footer(
            "",
            "Examples:",
            "  source <(kproxy completion bash)",
            "  kproxy completion zsh > ~/.zsh/kproxy.zsh");
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(String.class)
            .required(true)
            .paramLabel("bash|zsh")
            .description("Which shell.")
            .build());
    Options.addCommon(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    String shell = given.matchedPositionalValue(0, "");
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      console.fault(Code.FLAG, "bash or zsh, not " + shell);
      console.checkpoint();
    }
    // picocli's script begins by loading zsh's bash compatibility where zsh runs it.
    String script = AutoComplete.bash("kproxy", kproxy.get());
    console.out().write(script.getBytes(StandardCharsets.UTF_8));
    return ExitCode.OK;
  }
}
