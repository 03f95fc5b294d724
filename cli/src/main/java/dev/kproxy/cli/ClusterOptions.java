package dev.kproxy.cli;

import dev.kproxy.manifest.config.ConfigurationReader;
import dev.kproxy.manifest.config.Flag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
record ClusterOptions(
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
  static void addTo(CommandSpec command) {
    command.addOption(
        list(
            "FILE|DIR|-",
            "Manifests: YAML or JSON, a directory of them, or standard input.",
            "-f",
            "--filename"));
    command.addOption(flag("Read directories below those given, too.", "-R", "--recursive"));
    command.addOption(
        text("FILE", "A KubeProxyConfiguration, or the ConfigMap that wraps one.", "--config"));
    command.addOption(
        text(
            "NAME",
            "The node whose rules are made. Default: hostnameOverride, or the only Node.",
            "--node"));
    command.addOption(
        list("IP", "An address of the node. Default: those of its Node.", "--node-ip"));
    command.addOption(list("IP", "A further address of the node.", "--node-address"));
    command.addOption(
        text(
            "FILE",
            "All addresses of the node, as \"ip addr\" or \"ip -j addr\" prints them.",
            "--addresses"));
    command.addOption(
        text("N", "The number of the node's CPUs, for nf_conntrack_max. Default: 1.", "--cpus"));
    command.addOption(
        list("nfacct,random-fully", "What the node's kernel and tools lack.", "--without"));
    command.addOption(
        text("VERSION", "The release of Kubernetes. Default: the newest known.", "--kube-version"));
    command.addOption(
        text(
            "ipv4|ipv6|dual",
            "The node's families. Default: those that the Services have.",
            "--ip-family"));
    command.addOption(
        text(
            "CIDR[,CIDR]",
            "Give cluster IPs and node ports to Services that have none.",
            "--allocate"));
    ArgGroupSpec.Builder flags =
        ArgGroupSpec.builder()
            .heading("%nkube-proxy's own flags, which win over --config:%n")
            .exclusive(false)
            .validate(false)
            .multiplicity("0..1");
    ConfigurationReader.flags().forEach(definition -> flags.addArg(option(definition)));
    command.addArgGroup(flags.build());
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

  private static OptionSpec list(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static OptionSpec text(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /// The options as the user gave them.
  static ClusterOptions of(ParseResult given) {
    return new ClusterOptions(
        all(given, "--filename"),
        given.matchedOptionValue("--recursive", false),
        one(given, "--config"),
        flags(given),
        one(given, "--node"),
        all(given, "--node-ip"),
        all(given, "--node-address"),
        one(given, "--addresses"),
        one(given, "--cpus"),
        all(given, "--without").stream()
            .flatMap(list -> List.of(list.split(",", -1)).stream())
            .toList(),
        one(given, "--kube-version"),
        one(given, "--ip-family"),
        one(given, "--allocate"));
  }

  private static List<Flag> flags(ParseResult given) {
    List<Flag> flags = new ArrayList<>();
    for (Flag.Definition definition : ConfigurationReader.flags()) {
      for (String value : all(given, "--" + definition.name())) {
        flags.add(new Flag(definition.name(), value));
      }
    }
    return flags;
  }

  private static Optional<String> one(ParseResult given, String name) {
    return Optional.ofNullable(given.<String>matchedOptionValue(name, null));
  }

  private static List<String> all(ParseResult given, String name) {
    return List.copyOf(given.<List<String>>matchedOptionValue(name, List.of()));
  }
}
