package dev.kproxy.cli.cluster;

import dev.kproxy.manifest.text.DocumentReader.Sink;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lets a text be read in one thread while what is found in it is used in another, in its order.
///
/// The reader is never more than a few portions ahead, so the memory stays bounded. The first
/// portions are small, so that both have work from the beginning.
final class Relay implements Sink {
  private static final int PORTION = 16;
  private static final int PORTIONS_AHEAD = 4;

  private final BlockingQueue<Portion> under = new ArrayBlockingQueue<>(PORTIONS_AHEAD);
  private List<Consumer<Sink>> found = new ArrayList<>(PORTION);
  private int enough = 1;

  private Relay() {}

  /// What was found, and whether it was the last: then with the failure that ended the reading.
  private record Portion(List<Consumer<Sink>> found, boolean last, @Nullable Throwable failure) {}

  /// Something that reads a text into a sink.
  @FunctionalInterface
  interface Source {
    void readInto(Sink sink) throws IOException;
  }

  /// Reads `source` in a thread of its own and hands what it finds to `sink` in this one.
  ///
  /// @throws IOException what the source throws
  static void read(Source source, Sink sink) throws IOException {
    Relay relay = new Relay();
    Thread reader = Thread.ofPlatform().name("reader").daemon().start(() -> relay.run(source));
    try {
      Portion portion;
      do {
        portion = relay.under.take();
        portion.found.forEach(item -> item.accept(sink));
      } while (!portion.last);
      Throwable failure = portion.failure;
      if (failure instanceof IOException io) {
        throw io;
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      reader.interrupt(); // It has ended, unless the sink has failed.
    }
  }

  private void run(Source source) {
    Throwable failure = null;
    try {
      source.readInto(this);
    } catch (CancellationException e) {
      return;
    } catch (Throwable e) {
      failure = e;
    }
    pass(new Portion(found, true, failure));
  }

  @Override
  public void object(Value.Mapping object) {
    add(sink -> sink.object(object));
  }

  @Override
  public void object(Value.Mapping object, List<Diagnostic> twice) {
    add(sink -> sink.object(object, twice));
  }

  @Override
  public void problem(Diagnostic problem) {
    add(sink -> sink.problem(problem));
  }

  private void add(Consumer<Sink> item) {
    found.add(item);
    if (found.size() == enough) {
      enough = Math.min(2 * enough, PORTION);
      pass(new Portion(found, false, null));
      found = new ArrayList<>(PORTION);
    }
  }

  private void pass(Portion portion) {
    try {
      under.put(portion);
    } catch (InterruptedException e) {
      throw new CancellationException("nobody takes what is read");
    }
  }
}
