package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Console;
import dev.kproxy.host.Progress;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;

/// Tells on the console how the protocol goes on.
final class ConsoleProgress implements Progress {
  private final Console console;
  private boolean begun;

  ConsoleProgress(Console console) {
    this.console = console;
  }

  @Override
  public void step(String what) {
    console.detail(what);
    console.doing(what);
  }

  /// Until the first change a note may stop the command, with `--strict`; later it is only told.
  @Override
  public void note(String what) {
    Diagnostic note = Diagnostic.note(Code.HOST_NOTE, "", what);
    if (begun) {
      console.err().println(note);
    } else {
      console.accept(note);
    }
  }

  @Override
  public void begin() {
    begun = true;
    console.checkpoint();
  }
}
