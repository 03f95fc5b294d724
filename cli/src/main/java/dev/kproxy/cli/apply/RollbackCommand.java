package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.Options;
import dev.kproxy.host.apply.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy rollback`: back to the generation before. The watchdog of `--confirm-within` is this
/// command, too.
final class RollbackCommand implements Command {
  static final String UNLESS_CONFIRMED = "--unless-confirmed";
  static final String AFTER = "--after";

  /// How often the watchdog looks whether somebody still waits for it.
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Session session;
  private final Console console;

  RollbackCommand(Session session, Console console) {
    this.session = session;
    this.console = console;
  }

  @Override
  public String name() {
    return "rollback";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Go back to what was applied before; after a first apply, to what was there without"
                + " kproxy.")
        .sortOptions(false)
        .footer(
            "",
            "Examples:",
            "  kproxy rollback",
            "  kproxy rollback --state-dir /srv/kproxy -o json");
    Session.addTo(spec);
    spec.addOption(
        OptionSpec.builder(
                Options.text("ID", "Only where that apply waits for it.", UNLESS_CONFIRMED))
            .hidden(true)
            .build());
    spec.addOption(
        OptionSpec.builder(Options.text("SECONDS", "Wait so long first.", AFTER))
            .hidden(true)
            .build());
  }

  @Override
  public int run(ParseResult given) throws IOException {
    Optional<String> only = Options.one(given, UNLESS_CONFIRMED);
    Optional<String> after = Options.one(given, AFTER);
    if (after.isPresent()) {
      tellThatItRuns();
      sleep(Duration.ofSeconds(Long.parseLong(after.get())), given, only);
    }
    return session.change(
        given, "rollback", (_, operations) -> operations.rollback(settings(given, only), only));
  }

  /// The watchdog waits for an apply that is still at work.
  private static Settings settings(ParseResult given, Optional<String> only) {
    Settings usual = Session.settings(given);
    return only.isEmpty()
        ? usual
        : new Settings(
            usual.backend(), usual.takeOver(), usual.confirmWithin(), Duration.ofHours(1));
  }

  /// Who started the watchdog does not go on before it runs.
  private void tellThatItRuns() throws IOException {
    console.out().write('\n');
    console.out().flush();
  }

  /// Sleeps so long, or until there is nothing to take back any more.
  private void sleep(Duration time, ParseResult given, Optional<String> only) {
    long end = System.nanoTime() + time.toNanos();
    try {
      for (long left = time.toNanos();
          left > 0 && (only.isEmpty() || session.mayWait(given, only.get()));
          left = end - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
