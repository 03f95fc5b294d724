package dev.kproxy.cli;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Failure;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.render.Hint;
import dev.kproxy.cli.render.TraceDocument;
import dev.kproxy.cli.render.TraceGraph;
import dev.kproxy.cli.render.TraceLadder;
import dev.kproxy.cli.trace.BadPacket;
import dev.kproxy.cli.trace.Ends;
import dev.kproxy.cli.trace.Expectation;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Printable;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy trace packet`: rules and a packet in, what the kernel would do out.
final class TracePacketCommand implements Command {
  static final String[] EXAMPLES = {
    "",
    "Examples:",
    "  kproxy trace packet -f cluster.yaml --node n1 --from 10.244.1.5 --to svc/shop/web:80",
    "  kproxy trace packet --iptables dump --addresses addr --from 1.2.3.4 --to node:30080"
  };

  private final Console console;
  private final InputStream in;

  TracePacketCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  @Override
  public String name() {
    return "packet";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Tell what the kernel would do with a packet, and with what shares.")
        .customSynopsis("kproxy trace packet RULES --from SRC --to DST [OPTION]…")
        .sortOptions(false)
        .footer(EXAMPLES);
    TraceOptions.addTo(spec);
    Options.addCommon(spec);
    ClusterOptions.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    TraceOptions options = TraceOptions.of(given);
    checkForms(options);
    Expectation expectation = expectation(options);
    InputFiles files = new InputFiles(in, console);
    Situation situation = new TraceInput(options, ClusterOptions.of(given), console, files).read();
    if (options.packets().isPresent()) {
      return new PacketStream(situation, options, expectation, console, files)
          .run(options.packets().get());
    }
    Packet packet = packet(situation, options);
    Trace trace = situation.tracer().trace(packet, detail(options));
    print(situation, trace, options);
    if (!options.output().equals("text")) {
      explain(trace);
    }
    List<Outcome> surprises = expectation.surprises(trace);
    if (!surprises.isEmpty()) {
      TraceLadder ladder = new TraceLadder(situation.names());
      surprises.forEach(
          outcome -> console.err().println("not expected: " + ladder.summary(trace, outcome)));
    }
    return surprises.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }

  private void checkForms(TraceOptions options) {
    boolean stream = options.packets().isPresent();
    switch (options.output()) {
      case "text", "json" -> {}
      case "dot" -> {
        if (stream || options.noPath()) {
          console.fault(Code.FLAG, "-o dot: shows the path of one packet");
        }
      }
      default -> console.fault(Code.FLAG, "-o: text, json or dot, not " + options.output());
    }
    if (!stream && (options.from().isEmpty() || options.to().isEmpty())) {
      console.fault(Code.FLAG, "which packet? --from and --to say it, or --packets");
    }
    boolean described =
        Stream.of(
                options.from(),
                options.to(),
                options.protocol(),
                options.icmpType(),
                options.in(),
                options.state())
            .anyMatch(option -> option.isPresent());
    if (stream && described) {
      console.fault(Code.FLAG, "--packets: what a packet is stands in its line, not in options");
    }
    if (options.noPath() && options.allPaths()) {
      console.fault(Code.FLAG, "--no-path and --all-paths contradict each other");
    }
  }

  private Expectation expectation(TraceOptions options) {
    try {
      return Expectation.of(options.expect());
    } catch (BadPacket e) {
      throw refused(e);
    }
  }

  private Packet packet(Situation situation, TraceOptions options) {
    try {
      Packet packet =
          situation
              .ends()
              .packet(
                  new Ends.Given(
                      options.from().orElseThrow(),
                      options.to().orElseThrow(),
                      options.protocol(),
                      options.in(),
                      options.state(),
                      options.icmpType()));
      Family family = packet.header().family();
      if (!situation.tracer().knows(family)) {
        console.fault(Code.FLAG, situation.missing(family));
      }
      console.checkpoint();
      return packet;
    } catch (BadPacket e) {
      throw refused(e);
    }
  }

  private Failure refused(BadPacket e) {
    console.fault(Code.FLAG, e.reason());
    console.checkpoint();
    return new Failure(ExitCode.BAD_INPUT);
  }

  private static Trace.Detail detail(TraceOptions options) {
    boolean dot = options.output().equals("dot");
    return new Trace.Detail(!options.noPath(), options.allPaths() || dot, !dot);
  }

  private void print(Situation situation, Trace trace, TraceOptions options) throws IOException {
    boolean paths = !options.noPath();
    switch (options.output()) {
      case "json" -> new TraceDocument(situation.names(), paths, console.out()).write(trace);
      case "dot" ->
          write(TraceGraph.print(situation.rules(trace.packet().header().family()), trace));
      default -> write(new TraceLadder(situation.names()).print(trace, paths, options.allPaths()));
    }
  }

  /// What is open stands in data that programs read; a person is told, too.
  private void explain(Trace trace) {
    for (Outcome outcome : trace.outcomes()) {
      if (outcome.verdict() instanceof Verdict.Undetermined undetermined) {
        console
            .err()
            .println(Printable.escape("undetermined: " + Hint.explain(undetermined.why())));
      }
    }
  }

  private void write(String text) throws IOException {
    console.out().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
