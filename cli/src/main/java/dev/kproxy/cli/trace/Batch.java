package dev.kproxy.cli.trace;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Works through lines in portions, several at once, and puts the results together in order, so
/// that neither reading nor writing holds up the work and memory does not grow with the input.
public final class Batch {
  private static final int PORTION_BYTES = 1 << 16;
  private static final int LINE_LIMIT = 1 << 20;
  private static final int PORTIONS = 8;

  private final String file;
  private final Work work;
  private final OutputStream out;
  private final Deque<CompletableFuture<Result>> underWay = new ArrayDeque<>();
  private final List<Diagnostic> faults = new ArrayList<>();

  /// The lines of one file.
  ///
  /// @param file the name of the lines in diagnostics
  public Batch(String file, Work work, OutputStream out) {
    this.file = file;
    this.work = work;
    this.out = out;
  }

  /// What is done with a portion of lines.
  @FunctionalInterface
  public interface Work {
    /// Does it.
    ///
    /// @param lines whole lines without their ends, each with its bytes in an array
    /// @param number of the first of them, counted from 1
    Result process(List<ByteBuffer> lines, int number);
  }

  /// What became of a portion.
  ///
  /// @param output of the lines before the first fault
  /// @param faults of the lines
  public record Result(ByteArrayOutputStream output, List<Diagnostic> faults) {}

  /// Works through all lines, or up to the portion in which there are faults.
  ///
  /// @return the faults
  /// @throws IOException where the lines cannot be read
  /// @throws UncheckedIOException where the output cannot be written, which is no fault of the
  ///   lines
  public List<Diagnostic> run(InputStream in) throws IOException {
    // not the common pool, which leaves one processor to whoever waits for it: that is idle here
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      return run(in, workers);
    }
  }

  private List<Diagnostic> run(InputStream in, ExecutorService workers) throws IOException {
    byte[] buffer = new byte[PORTION_BYTES];
    int held = 0;
    int number = 1;
    while (faults.isEmpty()) {
      int read = in.read(buffer, held, buffer.length - held);
      int end = read < 0 ? held : lastLine(buffer, held, held + read);
      held += Math.max(0, read);
      if (end == 0 && read >= 0) {
        if (held >= LINE_LIMIT) {
          faults.add(
              Diagnostic.error(
                  Code.LIMIT, new Location(file, number, 1), "a line of more than 1 MiB"));
        } else if (held == buffer.length) {
          buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        continue;
      }
      List<ByteBuffer> lines = lines(buffer, end);
      submit(lines, number, workers);
      number += lines.size();
      if (read < 0) {
        break;
      }
      byte[] next = new byte[Math.max(PORTION_BYTES, 2 * (held - end))];
      System.arraycopy(buffer, end, next, 0, held - end);
      buffer = next;
      held -= end;
    }
    while (!underWay.isEmpty()) {
      passOn();
    }
    return faults;
  }

  /// Where the last whole line ends.
  private static int lastLine(byte[] buffer, int from, int to) {
    for (int i = to; i > from; i--) {
      if (buffer[i - 1] == '\n') {
        return i;
      }
    }
    return 0;
  }

  private static List<ByteBuffer> lines(byte[] buffer, int end) {
    List<ByteBuffer> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < end; i++) {
      if (buffer[i] == '\n') {
        lines.add(ByteBuffer.wrap(buffer, from, i - from));
        from = i + 1;
      }
    }
    if (from < end) {
      lines.add(ByteBuffer.wrap(buffer, from, end - from));
    }
    return lines;
  }

  private void submit(List<ByteBuffer> lines, int number, ExecutorService workers) {
    underWay.add(CompletableFuture.supplyAsync(() -> work.process(lines, number), workers));
    if (underWay.size() >= PORTIONS) {
      passOn();
    }
  }

  private void passOn() {
    Result result = underWay.remove().join();
    if (faults.isEmpty()) {
      try {
        result.output().writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      faults.addAll(result.faults());
    }
  }
}
