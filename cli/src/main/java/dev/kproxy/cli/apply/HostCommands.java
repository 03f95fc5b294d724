package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.host.apply.Operations;
import java.io.InputStream;
import java.util.List;

/// The commands that work on a host.
public final class HostCommands {
  private HostCommands() {}

  /// All of them, in the order in which they are listed.
  public static List<Command> all(Console console, InputStream in, Surroundings surroundings) {
    Session session = new Session(console, surroundings);
    return List.of(
        new ApplyCommand(console, in, session),
        new StatusCommand(console, session),
        new RollbackCommand(session, console),
        new ChangeCommand(
            session,
            "confirm",
            "Keep an apply that waits for a confirmation.",
            Operations::confirm),
        new ChangeCommand(
            session,
            "recover",
            "End what was interrupted, and put back after a boot what was applied.",
            Operations::recover),
        new ChangeCommand(
            session,
            "uninstall",
            "Take all rules of kproxy away, and give back what was there before.",
            Operations::uninstall));
  }
}
