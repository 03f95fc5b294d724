package dev.kproxy.cli;

import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.render.TraceDocument;
import dev.kproxy.cli.render.TraceLadder;
import dev.kproxy.cli.trace.Batch;
import dev.kproxy.cli.trace.Expectation;
import dev.kproxy.cli.trace.PacketLine;
import dev.kproxy.cli.trace.PacketLineReader;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.Trace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Traces the packets of a stream, one a line.
final class PacketStream {
  /// The bytes of an answer without paths, so that the output seldom has to grow.
  private static final int USUAL_ANSWER = 640;

  private final Situation situation;
  private final TraceOptions options;
  private final Expectation expectation;
  private final Console console;
  private final InputFiles files;
  private final AtomicBoolean surprised = new AtomicBoolean();

  PacketStream(
      Situation situation,
      TraceOptions options,
      Expectation expectation,
      Console console,
      InputFiles files) {
    this.situation = situation;
    this.options = options;
    this.expectation = expectation;
    this.console = console;
    this.files = files;
  }

  /// Traces them all.
  ///
  /// @return the exit code
  /// @throws IOException where the output cannot be written
  int run(String file) throws IOException {
    List<Diagnostic> faults = new ArrayList<>();
    try {
      files.read(
          file,
          (lines, name) ->
              faults.addAll(
                  new Batch(name, (all, number) -> process(name, all, number), console.out())
                      .run(lines)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    faults.forEach(console);
    console.checkpoint();
    return surprised.get() ? ExitCode.FINDING : ExitCode.OK;
  }

  private Batch.Result process(String file, List<ByteBuffer> lines, int first) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(lines.size() * USUAL_ANSWER);
    List<Diagnostic> faults = new ArrayList<>();
    PacketLineReader reader = new PacketLineReader(file, situation.isOwn(), faults::add);
    Trace.Detail detail = new Trace.Detail(!options.noPath(), options.allPaths(), true);
    try {
      TraceDocument json = new TraceDocument(situation.names(), !options.noPath(), out);
      int number = first;
      for (ByteBuffer line : lines) {
        Optional<PacketLine> packet = reader.read(line, number);
        if (packet.isPresent() && faults.isEmpty()) {
          Family family = packet.get().packet().header().family();
          if (!situation.tracer().knows(family)) {
            faults.add(
                Diagnostic.error(
                    Code.FLAG, new Location(file, number, 1), situation.missing(family)));
          } else {
            print(packet.get(), situation.tracer().trace(packet.get().packet(), detail), json, out);
          }
        }
        number++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return new Batch.Result(out, faults);
  }

  private void print(PacketLine packet, Trace trace, TraceDocument json, ByteArrayOutputStream out)
      throws IOException {
    if (options.output().equals("json")) {
      json.write(packet, trace);
    } else {
      String line = new TraceLadder(situation.names()).printLine(packet, trace);
      out.write(line.getBytes(StandardCharsets.UTF_8));
    }
    if (!expectation.surprises(trace).isEmpty()) {
      surprised.set(true);
    }
  }
}
