package dev.kproxy.cli.apply;

import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.render.PlanDocument;
import dev.kproxy.cli.render.PlanText;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.Artifacts;
import dev.kproxy.compile.Style;
import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.apply.Forecast;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Making;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy apply`: rules onto a host, all of a table or nothing.
final class ApplyCommand implements Command {
  private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,5})(s|m|h)");

  private final Console console;
  private final InputStream in;
  private final Session session;

  ApplyCommand(Console console, InputStream in, Session session) {
    this.console = console;
    this.in = in;
    this.session = session;
  }

  @Override
  public String name() {
    return "apply";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Put the rules that kube-proxy would program onto this host.")
        .customSynopsis(
            "kproxy apply -f FILE|DIR|- [-f …] [OPTION]…", "       kproxy apply DIR [OPTION]…")
        .sortOptions(false)
        .footer(
            "",
            "Examples:",
            "  kproxy apply -f cluster.yaml --plan",
            "  kproxy apply rules/ --confirm-within 2m");
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(String.class)
            .converters(Options.GIVEN)
            .arity("0..1")
            .paramLabel("DIR")
            .description("A directory that kproxy compile -d wrote for this node.")
            .build());
    spec.addOption(Options.flag("Show what would change; 1 where something would.", "--plan"));
    spec.addOption(
        Options.text(
            "TIME",
            "Roll back unless kproxy confirm comes within that time: 90s, 2m, 1h.",
            "--confirm-within"));
    spec.addOption(
        Options.text(
            "nft|legacy",
            "Which iptables. Default: the one that kproxy applied with, or that iptables stands"
                + " for.",
            "--backend"));
    spec.addOption(
        Options.text(
            "table", "What changes at once: a table, whole or not at all.", "--consistency"));
    spec.addOption(
        Options.text(
            "TIME",
            "How long TCP connections to endpoints that go have time to end (mode ipvs). Default:"
                + " 10s.",
            "--drain"));
    spec.addOption(Options.flag("Make rules that a kube-proxy left kproxy's own.", "--take-over"));
    Session.addTo(spec);
    ClusterOptions.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    boolean json = session.configure(given);
    Settings settings = settings(given);
    Optional<String> named = Optional.ofNullable(given.<String>matchedPositionalValue(0, null));
    ClusterOptions options = ClusterOptions.of(given);
    if (named.isPresent() && !options.files().isEmpty()) {
      console.fault(
          Code.FLAG,
          "either -f or DIR, not both: -f names manifests to compile, DIR holds what was compiled");
    } else if (named.isEmpty() && options.files().isEmpty()) {
      console.fault(
          Code.NO_OBJECTS, "nothing to apply: -f names manifests, DIR a directory of compile -d");
    }
    Optional<DirectoryReader> directory = named.flatMap(name -> DirectoryReader.at(name, console));
    if (named.isPresent()) {
      options.refuseIdle(Set.of("--node"), console);
    }
    console.checkpoint();
    if (Options.has(given, "--plan")) {
      long begun = System.nanoTime();
      return session.foresee(
          given,
          "apply",
          json,
          (host, operations) ->
              show(operations.plan(making(host, directory, options), settings), begun, json));
    }
    return session.change(
        given,
        "apply",
        (host, operations) -> operations.apply(making(host, directory, options), settings));
  }

  private Settings settings(ParseResult given) {
    String consistency = Options.one(given, "--consistency").orElse("table");
    switch (consistency) {
      case "table" -> {}
      case "packet" ->
          console.fault(
              Code.UNSUPPORTED, "--consistency packet is not there yet; --consistency table is");
      default -> console.fault(Code.FLAG, "--consistency: table or packet, not " + consistency);
    }
    Optional<String> named = Options.one(given, "--backend");
    Optional<Backend> backend = named.flatMap(Backend::parse);
    if (named.isPresent() && backend.isEmpty()) {
      console.fault(Code.FLAG, "--backend: nft or legacy, not " + named.get());
    }
    return new Settings(
        backend,
        Options.has(given, "--take-over"),
        Options.one(given, "--confirm-within").flatMap(text -> duration("--confirm-within", text)),
        Settings.DEFAULT.lockLimit(),
        Options.one(given, "--drain")
            .flatMap(text -> duration("--drain", text))
            .orElse(Settings.DEFAULT.drain()));
  }

  private Optional<Duration> duration(String option, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      console.fault(Code.FLAG, option + ": a time as 90s, 2m or 1h, not " + text);
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }

  /// What comes through a pipe is there before anybody is kept out.
  private Making<IOException> making(
      Host host, Optional<DirectoryReader> directory, ClusterOptions options)
      throws HostFault, IOException {
    if (options.isPiped()) {
      Target made = target(host, directory, options);
      return () -> made;
    }
    return () -> target(host, directory, options);
  }

  private Target target(Host host, Optional<DirectoryReader> directory, ClusterOptions options)
      throws HostFault, IOException {
    HostFacts facts = new HostFacts(host, console);
    if (directory.isPresent()) {
      String node = options.node().isPresent() ? options.node().get() : facts.name();
      return directory.get().read(node);
    }
    ClusterOptions filled = facts.options(options);
    Cluster cluster =
        new ClusterReader(filled, console, new InputFiles(in, console), facts.node(options))
            .read(Set.of());
    cluster.refuseOtherModes("applied", console);
    console.checkpoint();
    List<dev.kproxy.plan.Plan> plans = cluster.plans();
    List<Artifact> artifacts =
        Artifacts.of(
            plans, cluster.configuration(), cluster.node(), cluster.dialect(), Style.SAVE, console);
    console.checkpoint();
    return ArtifactTexts.of(artifacts, cluster.configuration().mode().toString())
        .target(
            "node " + cluster.node().name() + ", Kubernetes " + cluster.version(),
            ServicePorts.of(plans),
            (family, text, applied) -> RulesText.read(family, text, "the compiler", applied));
  }

  /// An apply takes the time that the plan took, and what is left.
  private int show(Forecast forecast, long begun, boolean json) throws IOException {
    Plan plan = forecast.plan();
    Duration time = forecast.left().plusNanos(System.nanoTime() - begun);
    console.checkpoint();
    if (json) {
      new PlanDocument(console.notes()).write(plan, time, console.out());
    } else {
      console.out().write(new PlanText(plan).print(time).getBytes(StandardCharsets.UTF_8));
    }
    return plan.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }
}
