package dev.kproxy.cli;

import dev.kproxy.cli.render.CompileDocument;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.Artifacts;
import dev.kproxy.compile.Style;
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
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `kproxy compile`: manifests in, rules out.
@Command(
    name = "compile",
    description = "Make the rules that kube-proxy would program on a node.",
    customSynopsis = "kproxy compile -f FILE|DIR|- [-f …] [OPTION]…",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  kproxy compile -f cluster.yaml --config kube-proxy.yaml --node worker-1",
      "  kubectl get svc,endpointslices,nodes -A -o json | kproxy compile -f - --node n1 -d rules"
    })
final class CompileCommand implements Callable<Integer> {
  private final Console console;
  private final InputStream in;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private Common common = new Common();

  @Option(
      names = "--emit",
      paramLabel = "ARTIFACT",
      description = "Which artifact: iptables, ip6tables, sysctl, nfacct. Default: the rules.")
  private List<String> emit = List.of();

  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      description = "Write all artifacts into this directory, and kproxy.json beside them.")
  private @Nullable String directory;

  @Option(
      names = "--style",
      paramLabel = "save|restore",
      description = "As iptables-save prints rules (default), or as kube-proxy loads them.")
  private String style = "save";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "The format of the data. Default: text.")
  private String output = "text";

  CompileCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  /// Adds the options of the cluster input to the command.
  @Spec(Spec.Target.SELF)
  void specify(CommandSpec self) {
    ClusterOptions.addTo(self);
    this.spec = self;
  }

  @Override
  public Integer call() throws IOException {
    console.configure(common.verbose, common.strict);
    Style chosen = chosenStyle();
    Set<Artifact.Kind> wanted = wantedKinds();
    if (!output.equals("text") && !output.equals("json")) {
      console.fault(Code.FLAG, "-o: text or json, not " + output);
    }
    ClusterOptions options =
        ClusterOptions.of(Objects.requireNonNull(spec).commandLine().getParseResult());
    Cluster cluster = new ClusterReader(options, console, in).read(families(wanted));
    refuseOtherModes(cluster.configuration().mode());
    console.checkpoint(); // What is wrong with the mode is said before work begins.

    List<Plan> plans = cluster.plans();
    List<Artifact> artifacts =
        Artifacts.iptables(
            plans, cluster.configuration(), cluster.node(), cluster.dialect(), chosen);
    List<Artifact> chosenArtifacts = choose(artifacts, wanted);
    assumeCpus(cluster, chosenArtifacts);
    List<Diagnostic> notes = console.notes();
    console.checkpoint();

    Optional<ArtifactDirectory> target =
        Optional.ofNullable(directory).map(name -> new ArtifactDirectory(name, console));
    if (target.isPresent()) {
      target.get().write(chosenArtifacts, cluster, chosen);
    }
    if (output.equals("json")) {
      new CompileDocument(cluster.version(), cluster.node(), chosen, Version.kproxy())
          .write(plans, chosenArtifacts, notes, console.out());
    } else if (target.isEmpty()) {
      print(chosenArtifacts, console.out());
    }
    return ExitCode.OK;
  }

  private Style chosenStyle() {
    return switch (style) {
      case "save" -> Style.SAVE;
      case "restore" -> Style.RESTORE;
      default -> {
        console.fault(Code.FLAG, "--style: save or restore, not " + style);
        yield Style.SAVE;
      }
    };
  }

  private Set<Artifact.Kind> wantedKinds() {
    Set<Artifact.Kind> wanted = EnumSet.noneOf(Artifact.Kind.class);
    for (String name : emit) {
      Optional<Artifact.Kind> kind =
          EnumSet.allOf(Artifact.Kind.class).stream()
              .filter(candidate -> candidate.toString().equals(name))
              .findFirst();
      kind.ifPresentOrElse(
          wanted::add, () -> console.fault(Code.FLAG, "--emit: no artifact of that name: " + name));
    }
    return wanted;
  }

  /// Who asks for the rules of a family has it.
  private static Set<Family> families(Set<Artifact.Kind> wanted) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    if (wanted.contains(Artifact.Kind.IPTABLES)) {
      families.add(Family.IPV4);
    }
    if (wanted.contains(Artifact.Kind.IP6TABLES)) {
      families.add(Family.IPV6);
    }
    return families;
  }

  private void refuseOtherModes(Mode mode) {
    if (mode != Mode.IPTABLES) {
      console.fault(
          Code.UNSUPPORTED,
          "mode "
              + mode.name().toLowerCase(Locale.ROOT)
              + " cannot be compiled yet; --mode iptables can");
    }
  }

  /// Those asked for by name; with a directory all; else the rules.
  private List<Artifact> choose(List<Artifact> artifacts, Set<Artifact.Kind> wanted) {
    List<Artifact> chosen = new ArrayList<>();
    Set<Artifact.Kind> missing = EnumSet.noneOf(Artifact.Kind.class);
    missing.addAll(wanted);
    for (Artifact artifact : artifacts) {
      missing.remove(artifact.kind());
      boolean byDefault = directory != null || artifact.kind().isRules();
      if (wanted.isEmpty() ? byDefault : wanted.contains(artifact.kind())) {
        chosen.add(artifact);
      }
    }
    for (Artifact.Kind kind : missing) {
      console.fault(
          Code.FLAG,
          kind == Artifact.Kind.NFACCT
              ? "--emit nfacct: there is none with --without nfacct"
              : "--emit " + kind + ": --ip-family leaves that family out");
    }
    return chosen;
  }

  private void assumeCpus(Cluster cluster, List<Artifact> artifacts) {
    if (cluster.node().cpus().isEmpty()
        && cluster.configuration().conntrack().maxPerCore()
            > cluster.configuration().conntrack().min()
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
