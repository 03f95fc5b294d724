package dev.kproxy.cli.cluster;

import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.Options;
import dev.kproxy.manifest.config.ConfigurationReader;
import dev.kproxy.manifest.config.Flag;
import dev.kproxy.net.Code;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/// The options that say which cluster, which node and which kube-proxy: the same for every command
/// that compiles.
///
/// @param files `-f`
/// @param recursive `-R`
/// @param config `--config`
/// @param flags kube-proxy's own flags
/// @param node `--node`
/// @param nodeIps `--node-ip`
/// @param nodeAddresses `--node-address`
/// @param addresses `--addresses`
/// @param cpus `--cpus`
/// @param without `--without`
/// @param kubeVersion `--kube-version`
/// @param ipFamily `--ip-family`
/// @param allocate `--allocate`
public record ClusterOptions(
    List<String> files,
    boolean recursive,
    Optional<String> config,
    List<Flag> flags,
    Optional<String> node,
    List<String> nodeIps,
    List<String> nodeAddresses,
    Optional<String> addresses,
    Optional<String> cpus,
    List<String> without,
    Optional<String> kubeVersion,
    Optional<String> ipFamily,
    Optional<String> allocate) {

  private static final String MODE = "proxy-mode";

  /// Adds the options to a command.
  public static void addTo(CommandSpec command) {
    command.addOption(
        Options.list(
            "FILE|DIR|-",
            "Manifests: YAML or JSON, a directory of them, or standard input.",
            "-f",
            "--filename"));
    command.addOption(
        Options.flag("Read directories below those given, too.", "-R", "--recursive"));
    command.addOption(
        Options.text(
            "FILE", "A KubeProxyConfiguration, or the ConfigMap that wraps one.", "--config"));
    command.addOption(
        Options.text(
            "NAME",
            "The node whose rules are made. Default: hostnameOverride, or the only Node.",
            "--node"));
    command.addOption(
        Options.list("IP", "An address of the node. Default: those of its Node.", "--node-ip"));
    command.addOption(Options.list("IP", "A further address of the node.", "--node-address"));
    command.addOption(
        Options.text(
            "FILE",
            "All addresses of the node, as \"ip addr\" or \"ip -j addr\" prints them.",
            "--addresses"));
    command.addOption(
        Options.text(
            "N", "The number of the node's CPUs, for nf_conntrack_max. Default: 1.", "--cpus"));
    command.addOption(
        Options.list("nfacct,random-fully", "What the node's kernel and tools lack.", "--without"));
    command.addOption(
        Options.text(
            "VERSION", "The release of Kubernetes. Default: the newest known.", "--kube-version"));
    command.addOption(
        Options.text(
            "ipv4|ipv6|dual",
            "The node's families. Default: those that the Services have.",
            "--ip-family"));
    command.addOption(
        Options.text(
            "CIDR[,CIDR]",
            "Give cluster IPs and node ports to Services that have none.",
            "--allocate"));
    List<OptionSpec> flags =
        ConfigurationReader.flags().stream().map(ClusterOptions::option).toList();
    flags.forEach(command::addOption);
    command
        .usageMessage()
        .sectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> optionList(help, flags));
  }

  /// A group of options would have a heading of its own, but takes picocli longer to parse.
  private static String optionList(Help help, List<OptionSpec> flags) {
    List<OptionSpec> others = new ArrayList<>(help.commandSpec().options());
    others.removeAll(flags);
    return help.optionListExcludingGroups(others)
        + "%nkube-proxy's own flags, which win over --config:%n".formatted()
        + help.optionListExcludingGroups(flags);
  }

  private static OptionSpec option(Flag.Definition definition) {
    String name = "--" + definition.name();
    OptionSpec.Builder option =
        (definition.name().equals(MODE)
                ? OptionSpec.builder("--mode", name)
                : OptionSpec.builder(name))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(definition.placeholder())
            .description(escape(definition.description()) + ".");
    return definition.isBoolean()
        ? option.arity("0..1").fallbackValue("true").build()
        : option.arity("1").build();
  }

  /// picocli takes descriptions for format strings.
  private static String escape(String text) {
    return text.replace("%", "%%").replace("@|", "@ |");
  }

  /// The options as the user gave them.
  public static ClusterOptions of(ParseResult given) {
    return new ClusterOptions(
        Options.all(given, "--filename"),
        Options.has(given, "--recursive"),
        Options.one(given, "--config"),
        flags(given),
        Options.one(given, "--node"),
        Options.all(given, "--node-ip"),
        Options.all(given, "--node-address"),
        Options.one(given, "--addresses"),
        Options.one(given, "--cpus"),
        Options.all(given, "--without").stream()
            .flatMap(list -> List.of(list.split(",", -1)).stream())
            .toList(),
        Options.one(given, "--kube-version"),
        Options.one(given, "--ip-family"),
        Options.one(given, "--allocate"));
  }

  /// These options, and what a host says where they say nothing.
  ///
  /// @param hostCpus its number of CPUs
  /// @param lacking what its kernel and tools lack
  public ClusterOptions on(int hostCpus, List<String> lacking) {
    List<String> all = new ArrayList<>(without);
    lacking.stream().filter(it -> !all.contains(it)).forEach(all::add);
    return new ClusterOptions(
        files,
        recursive,
        config,
        flags,
        node,
        nodeIps,
        nodeAddresses,
        addresses,
        cpus.or(() -> Optional.of(Integer.toString(hostCpus))),
        all,
        kubeVersion,
        ipFamily,
        allocate);
  }

  /// Where there are no manifests, refuses the options that are only about what is compiled from
  /// them.
  ///
  /// @param used the options that are asked all the same
  public void refuseIdle(Set<String> used, Console console) {
    if (!files.isEmpty()) {
      return;
    }
    for (String option : aboutFiles()) {
      if (!used.contains(option)) {
        console.fault(Code.FLAG, option + ": says nothing without manifests, which -f names");
      }
    }
  }

  private List<String> aboutFiles() {
    List<String> idle = new ArrayList<>();
    if (recursive) {
      idle.add("--recursive");
    }
    config.ifPresent(_ -> idle.add("--config"));
    node.ifPresent(_ -> idle.add("--node"));
    if (!nodeIps.isEmpty()) {
      idle.add("--node-ip");
    }
    if (!nodeAddresses.isEmpty()) {
      idle.add("--node-address");
    }
    addresses.ifPresent(_ -> idle.add("--addresses"));
    cpus.ifPresent(_ -> idle.add("--cpus"));
    if (!without.isEmpty()) {
      idle.add("--without");
    }
    kubeVersion.ifPresent(_ -> idle.add("--kube-version"));
    ipFamily.ifPresent(_ -> idle.add("--ip-family"));
    allocate.ifPresent(_ -> idle.add("--allocate"));
    flags.stream().map(flag -> "--" + flag.name()).distinct().forEach(idle::add);
    return idle;
  }

  /// Whether a file of them is a pipe, whose other end may be long in coming to an end.
  public boolean isPiped() {
    return Stream.of(files.stream(), config.stream(), addresses.stream())
        .flatMap(Function.identity())
        .anyMatch(ClusterOptions::isPipe);
  }

  private static boolean isPipe(String file) {
    try {
      Path path = Path.of(file);
      return file.equals("-") || (Files.exists(path) && !isAtHand(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isAtHand(Path path) {
    return Files.isRegularFile(path) || Files.isDirectory(path);
  }

  private static List<Flag> flags(ParseResult given) {
    // picocli takes a while to find an option by its name, and hardly any is given
    Set<String> names = new HashSet<>();
    given.matchedOptions().forEach(option -> names.addAll(List.of(option.names())));
    List<Flag> flags = new ArrayList<>();
    for (Flag.Definition definition : ConfigurationReader.flags()) {
      String name = "--" + definition.name();
      if (names.contains(name)) {
        Options.all(given, name).forEach(value -> flags.add(new Flag(definition.name(), value)));
      }
    }
    return flags;
  }
}
