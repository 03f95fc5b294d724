package dev.kproxy.cli;

import dev.kproxy.cli.apply.ServicePorts;
import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.command.Version;
import dev.kproxy.cli.render.CompileDocument;
import dev.kproxy.cli.render.IpvsAdvice;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.Artifacts;
import dev.kproxy.compile.Style;
import dev.kproxy.compile.Sysctl;
import dev.kproxy.compile.iptables.ChainNames;
import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy compile`: manifests in, rules out.
final class CompileCommand implements Command {
  private final Console console;
  private final InputStream in;

  CompileCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  @Override
  public String name() {
    return "compile";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Make the rules that kube-proxy would program on a node.")
        .customSynopsis("kproxy compile -f FILE|DIR|- [-f …] [OPTION]…")
        .sortOptions(false)
        .footer(
            "",
            "Examples:",
            "  kproxy compile -f cluster.yaml --config kube-proxy.yaml --node worker-1",
            "  kubectl get svc,endpointslices,nodes -A -o json | kproxy compile -f - --node n1 -d"
                + " rules");
    spec.addOption(
        Options.list(
            "ARTIFACT",
            "Which artifact: iptables, ip6tables, ipset, ipvsadm, ip, sysctl, nfacct. Default: the"
                + " rules.",
            "--emit"));
    spec.addOption(
        Options.text(
            "DIR",
            "Write all artifacts into this directory, and kproxy.json beside them.",
            "-d",
            "--directory"));
    spec.addOption(
        Options.text(
            "save|restore",
            "As iptables-save prints rules (default), or as kube-proxy loads them.",
            "--style"));
    spec.addOption(
        Options.text("text|json", "The format of the data. Default: text.", "-o", "--output"));
    Options.addCommon(spec);
    ClusterOptions.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    Optional<String> directory = Options.one(given, "--directory");
    Style style = style(Options.one(given, "--style").orElse("save"));
    Set<Artifact.Kind> wanted = kinds(Options.all(given, "--emit"));
    String output = Options.one(given, "--output").orElse("text");
    if (!output.equals("text") && !output.equals("json")) {
      console.fault(Code.FLAG, "-o: text or json, not " + output);
    }
    Thread.ofPlatform().daemon().start(ChainNames::prepare); // while the manifests are read
    Cluster cluster =
        new ClusterReader(ClusterOptions.of(given), console, new InputFiles(in, console))
            .read(families(wanted));
    Mode mode = cluster.configuration().mode();
    cluster.refuseOtherModes("compiled", console);
    console.checkpoint(); // What is wrong with the mode is said before work begins.

    console.doing("compiling");
    List<Plan> plans = cluster.plans();
    if (mode == Mode.IPVS) {
      advise(cluster, plans);
    }
    List<Artifact> artifacts =
        choose(
            Artifacts.of(
                plans, cluster.configuration(), cluster.node(), cluster.dialect(), style, console),
            wanted,
            directory.isPresent(),
            mode);
    assumeCpus(cluster, artifacts);
    List<Diagnostic> notes = console.notes();
    console.checkpoint();

    if (directory.isPresent()) {
      new ArtifactDirectory(directory.get(), console)
          .write(artifacts, cluster, style, ServicePorts.of(plans));
    }
    if (output.equals("json")) {
      new CompileDocument(cluster.version(), mode, cluster.node(), style, Version.kproxy())
          .write(plans, artifacts, notes, console.out());
    } else if (directory.isEmpty()) {
      print(artifacts, console.out());
    }
    return ExitCode.OK;
  }

  private void advise(Cluster cluster, List<Plan> plans) {
    ProxyConfiguration configuration = cluster.configuration();
    console.err().println(IpvsAdvice.DEPRECATION);
    console.detail(
        IpvsAdvice.text(
                IpvsCompiler.modules(configuration.ipvs()),
                Sysctl.of(configuration, cluster.node(), plans),
                configuration.ipvs().scheduler())
            .stripTrailing());
  }

  private Style style(String name) {
    return switch (name) {
      case "save" -> Style.SAVE;
      case "restore" -> Style.RESTORE;
      default -> {
        console.fault(Code.FLAG, "--style: save or restore, not " + name);
        yield Style.SAVE;
      }
    };
  }

  private Set<Artifact.Kind> kinds(List<String> names) {
    Set<Artifact.Kind> wanted = EnumSet.noneOf(Artifact.Kind.class);
    for (String name : names) {
      Optional<Artifact.Kind> kind =
          EnumSet.allOf(Artifact.Kind.class).stream()
              .filter(candidate -> candidate.toString().equals(name))
              .findFirst();
      kind.ifPresentOrElse(wanted::add, () -> noArtifact(name));
    }
    return wanted;
  }

  private void noArtifact(String name) {
    String known =
        EnumSet.allOf(Artifact.Kind.class).stream()
            .map(Artifact.Kind::toString)
            .collect(Collectors.joining(", "));
    console.fault(Code.FLAG, "--emit: no artifact of that name; there are " + known + ": " + name);
  }

  /// Who asks for the rules of a family has it.
  private static Set<Family> families(Set<Artifact.Kind> wanted) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    for (Family family : Family.values()) {
      if (wanted.contains(Artifact.Kind.rulesOf(family))) {
        families.add(family);
      }
    }
    return families;
  }

  /// Those asked for by name; with a directory all; else the rules.
  private List<Artifact> choose(
      List<Artifact> artifacts, Set<Artifact.Kind> wanted, boolean all, Mode mode) {
    List<Artifact> chosen = new ArrayList<>();
    Set<Artifact.Kind> missing = EnumSet.noneOf(Artifact.Kind.class);
    missing.addAll(wanted);
    for (Artifact artifact : artifacts) {
      missing.remove(artifact.kind());
      boolean byDefault = all || artifact.kind().isRules();
      if (wanted.isEmpty() ? byDefault : wanted.contains(artifact.kind())) {
        chosen.add(artifact);
      }
    }
    for (Artifact.Kind kind : missing) {
      console.fault(
          Code.FLAG,
          "--emit "
              + kind
              + switch (kind) {
                case NFACCT -> ": there is none with --without nfacct";
                case IPTABLES, IP6TABLES -> ": --ip-family leaves that family out";
                case SYSCTL, IPSET, IPVSADM, IP -> ": mode " + mode + " has none";
              });
    }
    return chosen;
  }

  private void assumeCpus(Cluster cluster, List<Artifact> artifacts) {
    if (cluster.node().cpus().isEmpty()
        && Sysctl.hangsOnCpus(cluster.configuration().conntrack())
        && artifacts.stream().anyMatch(a -> a.kind() == Artifact.Kind.SYSCTL)) {
      console.accept(
          Diagnostic.note(
              Code.ASSUMED, "--cpus", "one CPU assumed for net.netfilter.nf_conntrack_max"));
    }
  }

  /// One artifact is printed bare, so that it can be piped into its loader.
  private static void print(List<Artifact> artifacts, OutputStream out) throws IOException {
    for (Artifact artifact : artifacts) {
      if (artifacts.size() > 1) {
        out.write(("# kproxy: " + artifact.kind() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      artifact.content().writeTo(out);
    }
  }
}
