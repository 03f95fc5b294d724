package dev.kproxy.cli;

import dev.kproxy.net.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `kproxy completion`: a script that completes kproxy's words in a shell.
@Command(
    name = "completion",
    description = "Print a completion script for a shell.",
    footer = {
      "",
      "Examples:",
      "  source <(kproxy completion bash)",
      "  kproxy completion zsh > ~/.zsh/kproxy.zsh"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "bash|zsh", description = "Which shell.")
  private String shell = "";

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      console.fault(Code.FLAG, "bash or zsh, not " + shell);
      console.checkpoint();
    }
    // picocli's script begins by loading zsh's bash compatibility where zsh runs it.
    CommandSpec root = Objects.requireNonNull(spec).root();
    String script = AutoComplete.bash("kproxy", root.commandLine());
    console.out().write(script.getBytes(StandardCharsets.UTF_8));
    return ExitCode.OK;
  }
}
