package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Command;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// A command that changes a host and is given nothing: `confirm`, `recover`, `uninstall`.
final class ChangeCommand implements Command {
  private final Session session;
  private final String name;
  private final String description;
  private final Change change;

  /// What the command does.
  @FunctionalInterface
  interface Change {
    Outcome on(Operations operations, Settings settings) throws HostFault;
  }

  ChangeCommand(Session session, String name, String description, Change change) {
    this.session = session;
    this.name = name;
    this.description = description;
    this.change = change;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description(description)
        .sortOptions(false)
        .footer(
            "",
            "Examples:",
            "  kproxy " + name,
            "  kproxy " + name + " --state-dir /srv/kproxy -o json");
    Session.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    return session.change(
        given, name, (_, operations) -> change.on(operations, Session.settings(given)));
  }
}
