package dev.kproxy.cli.command;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// Tells a terminal what a long run is at: one line, from the second second on, that is written
/// over as the work goes on and vanishes when it ends.
final class Progress {
  /// How long a run is quiet, and how long a line stands, in milliseconds.
  private static final long QUIET = 1000;

  private static final long EVERY = 250;

  private static final String CLEAR = "\r\033[K";

  private final PrintStream err;
  private @Nullable Thread ticker;
  private @Nullable String doing;
  private boolean shown;

  /// A line on the terminal behind `err`.
  Progress(PrintStream err) {
    this.err = err;
  }

  /// What is being done from now on.
  synchronized void doing(String what) {
    doing = what;
    if (ticker == null) {
      ticker = Thread.ofPlatform().name("progress").daemon().start(this::tick);
    }
  }

  /// Takes the line away, until something else is being done.
  synchronized void end() {
    doing = null;
    if (shown) {
      shown = false;
      err.print(CLEAR);
      err.flush();
    }
  }

  private void tick() {
    long began = System.nanoTime();
    try {
      Thread.sleep(QUIET);
      while (true) {
        show((System.nanoTime() - began) / 1_000_000_000);
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void show(long seconds) {
    if (doing != null) {
      shown = true;
      err.print(CLEAR + doing + " (" + seconds + " s)");
      err.flush();
    }
  }
}
