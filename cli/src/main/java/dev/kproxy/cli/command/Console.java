package dev.kproxy.cli.command;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Printable;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Where data goes and where talk goes, and the diagnostics of one run.
public final class Console implements Consumer<Diagnostic> {
  /// How many bytes of faults and of notes are shown; beyond, they are counted. `-v` shows all.
  private static final int FAULT_BYTES = 12_000;

  private static final int NOTE_BYTES = 6_000;

  private final OutputStream out;
  private final PrintStream err;
  private final boolean colour;
  private final Optional<Progress> progress;
  private final boolean dataIsWatched;
  private final List<Diagnostic> diagnostics = new ArrayList<>();
  private final List<Diagnostic> shownNotes = new ArrayList<>();
  private boolean verbose;
  private boolean strict;
  private Optional<Settled> settled = Optional.empty();

  /// A console on these streams.
  ///
  /// @param terminals which of them go to a terminal: talk to one shows how work goes on
  /// @param colour whether talk shows colours
  public Console(OutputStream out, OutputStream err, Terminals terminals, boolean colour) {
    this.out = out;
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.colour = colour;
    this.progress = terminals.talk() ? Optional.of(new Progress(this.err)) : Optional.empty();
    this.dataIsWatched = terminals.data();
  }

  /// Sets what `-v` and `--strict` ask for.
  public void configure(boolean verbose, boolean strict) {
    this.verbose = verbose;
    this.strict = strict;
  }

  /// How a command ends whatever becomes of its data, since a host is as it is.
  ///
  /// @param exitCode its exit code
  /// @param message what became of the host
  public record Settled(int exitCode, String message) {}

  /// Says how the command ends even where its data cannot be written.
  public void settle(int exitCode, String message) {
    settled = Optional.of(new Settled(exitCode, message));
  }

  /// How the command ends, where that is settled.
  public Optional<Settled> settled() {
    return settled;
  }

  /// Data.
  public OutputStream out() {
    if (dataIsWatched) {
      progress.ifPresent(Progress::end);
    }
    return out;
  }

  /// Talk.
  public PrintStream err() {
    progress.ifPresent(Progress::end);
    return err;
  }

  /// Says what is being done, where somebody watches and it takes longer than a second.
  public void doing(String what) {
    progress.ifPresent(it -> it.doing(Printable.escape(what)));
  }

  /// Ends what [#doing] shows.
  public void done() {
    progress.ifPresent(Progress::end);
  }

  /// Something that only the curious want to know.
  public void detail(String line) {
    if (verbose) {
      err().println(line);
    }
  }

  /// Keeps a diagnostic until [#checkpoint]; with `--strict` a note is a fault.
  @Override
  public void accept(Diagnostic diagnostic) {
    diagnostics.add(strict ? diagnostic.asError() : diagnostic);
  }

  /// Says a fault without a place.
  public void fault(Code code, String message) {
    accept(new Diagnostic(Severity.ERROR, code, Optional.empty(), "", "", message));
  }

  /// Whether a fault has come up since the last [#checkpoint].
  public boolean hasFaults() {
    return diagnostics.stream().anyMatch(d -> d.severity() == Severity.ERROR);
  }

  /// The notes so far, those included that have been shown.
  public List<Diagnostic> notes() {
    List<Diagnostic> notes = new ArrayList<>(shownNotes);
    notes.addAll(newNotes());
    return notes;
  }

  private List<Diagnostic> newNotes() {
    return diagnostics.stream().filter(d -> d.severity() == Severity.NOTE).toList();
  }

  /// Shows what has come up, and ends the command where a fault is among it.
  public void checkpoint() {
    boolean failed = hasFaults();
    show();
    if (failed) {
      throw new Failure(ExitCode.BAD_INPUT);
    }
  }

  /// Shows what has come up, where the command goes on or ends for another reason.
  public void show() {
    List<Diagnostic> faults =
        diagnostics.stream().filter(d -> d.severity() == Severity.ERROR).toList();
    show(newNotes(), verbose ? Integer.MAX_VALUE : NOTE_BYTES, "33");
    show(faults, verbose ? Integer.MAX_VALUE : FAULT_BYTES, "31");
    shownNotes.addAll(newNotes());
    diagnostics.clear();
  }

  private void show(List<Diagnostic> shown, int budget, String hue) {
    int bytes = 0;
    Map<Code, Integer> left = new EnumMap<>(Code.class);
    for (Diagnostic diagnostic : shown) {
      String line = diagnostic.toString();
      bytes += line.length() + 1;
      if (bytes <= budget) {
        err().println(colour ? paint(line, diagnostic.severity(), hue) : line);
      } else {
        left.merge(diagnostic.code(), 1, Integer::sum);
      }
    }
    left.forEach((code, count) -> err().println("… and " + count + " more " + code));
  }

  private static String paint(String line, Severity severity, String hue) {
    String word = severity == Severity.ERROR ? "error " : "note ";
    int at = line.indexOf(word);
    return at < 0
        ? line
        : line.substring(0, at)
            + "\033["
            + hue
            + "m"
            + word.strip()
            + "\033[0m "
            + line.substring(at + word.length());
  }
}
