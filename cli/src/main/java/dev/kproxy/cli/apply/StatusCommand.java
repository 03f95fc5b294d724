package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.render.StatusDocument;
import dev.kproxy.host.Finding;
import dev.kproxy.host.plan.Status;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy status`: whether a host still has what was applied.
final class StatusCommand implements Command {
  private final Console console;
  private final Session session;

  StatusCommand(Console console, Session session) {
    this.console = console;
    this.session = session;
  }

  @Override
  public String name() {
    return "status";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Tell whether this host still has what was applied; 1 where it has not.")
        .sortOptions(false)
        .footer("", "Examples:", "  kproxy status", "  kproxy status -o json");
    Session.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    boolean json = session.configure(given);
    console.checkpoint();
    return session.read(
        given,
        "status",
        json,
        (_, operations) -> {
          Status status = operations.status();
          console.checkpoint();
          if (json) {
            StatusDocument.write(status, console.notes(), console.out());
          } else {
            writeText(status);
          }
          return status.findings().isEmpty() ? ExitCode.OK : ExitCode.FINDING;
        });
  }

  private void writeText(Status status) throws IOException {
    StringBuilder out = new StringBuilder();
    status
        .generation()
        .ifPresent(
            it ->
                out.append("applied: ")
                    .append(it.label())
                    .append(", iptables-")
                    .append(it.backend())
                    .append('\n'));
    if (status.installed().isEmpty()) {
      out.append("nothing is applied\n");
    }
    for (Finding finding : status.findings()) {
      out.append(Printable.escape(finding.place() + ": " + finding.message())).append('\n');
    }
    if (status.findings().isEmpty() && status.installed().isPresent()) {
      out.append("all is as applied\n");
    }
    console.out().write(out.toString().getBytes(StandardCharsets.UTF_8));
  }
}
