package dev.kproxy.cli;

import dev.kproxy.cli.command.Options;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// The options of `kproxy trace packet` but those of the cluster input.
///
/// @param rules `--rules`
/// @param iptables `--iptables`
/// @param ip6tables `--ip6tables`
/// @param ipset `--ipset`
/// @param ipvs `--ipvs`
/// @param nft `--nft`
/// @param routes `--routes`
/// @param sysctl `--sysctl`
/// @param recent `--recent`
/// @param from `--from`
/// @param to `--to`
/// @param protocol `--protocol`
/// @param icmpType `--icmp-type`
/// @param in `--in-interface`
/// @param state `--state`
/// @param packets `--packets`
/// @param noPath `--no-path`
/// @param allPaths `--all-paths`
/// @param expect `--expect`
/// @param output `--output`
record TraceOptions(
    List<String> rules,
    List<String> iptables,
    List<String> ip6tables,
    List<String> ipset,
    List<String> ipvs,
    List<String> nft,
    Optional<String> routes,
    List<String> sysctl,
    List<String> recent,
    Optional<String> from,
    Optional<String> to,
    Optional<String> protocol,
    Optional<String> icmpType,
    Optional<String> in,
    Optional<String> state,
    Optional<String> packets,
    boolean noPath,
    boolean allPaths,
    List<String> expect,
    String output) {

  /// Adds the options to a command.
  static void addTo(CommandSpec command) {
    addPacket(command);
    addRules(command);
    addHost(command);
  }

  private static void addPacket(CommandSpec command) {
    command.addOption(
        Options.text(
            "SRC", "IP[:PORT], pod/NAMESPACE/NAME, or node: sent by the host itself.", "--from"));
    command.addOption(
        Options.text("DST", "IP[:PORT], svc/NAMESPACE/NAME[:PORT], or node:PORT.", "--to"));
    command.addOption(
        Options.text(
            "tcp|udp|sctp|icmp",
            "Default: the protocol of the Service's port, or tcp.",
            "--protocol"));
    command.addOption(
        Options.text("TYPE[/CODE]", "A name or a number. Default: echo-request.", "--icmp-type"));
    command.addOption(
        Options.text(
            "IF", "The interface that the packet came in by. Default: unknown.", "--in-interface"));
    command.addOption(
        Options.text(
            "STATE",
            "Of its connection: NEW (default), ESTABLISHED, RELATED, INVALID, UNTRACKED.",
            "--state"));
    command.addOption(
        Options.text(
            "FILE|-", "Trace many: one JSON object a line, one result a line.", "--packets"));
    command.addOption(Options.flag("Leave the paths out.", "--no-path"));
    command.addOption(
        Options.flag("Keep outcomes apart that differ in their path only.", "--all-paths"));
    command.addOption(
        Options.list(
            "WHAT",
            "accept, drop, reject, undetermined or IP[:PORT]: exit 1 where another outcome is"
                + " possible.",
            "--expect"));
    command.addOption(
        Options.text("text|json|dot", "The format of the data. Default: text.", "-o", "--output"));
  }

  private static void addRules(CommandSpec command) {
    command.addOption(
        Options.list(
            "DIR", "A host's rules, in files named as \"compile -d\" names them.", "--rules"));
    command.addOption(
        Options.list(
            "[TABLE=]FILE",
            "What iptables-save prints, or \"iptables -t TABLE -S\" of one table.",
            "--iptables"));
    command.addOption(Options.list("[TABLE=]FILE", "The same for ip6tables.", "--ip6tables"));
    command.addOption(
        Options.list("FILE", "What \"ipset save\" or \"ipset list\" prints.", "--ipset"));
    command.addOption(
        Options.list("FILE", "What \"ipvsadm -Sn\" or \"ipvsadm -Ln\" prints.", "--ipvs"));
    command.addOption(Options.list("FILE", "Rules of nft: not yet.", "--nft"));
  }

  private static void addHost(CommandSpec command) {
    command.addOption(
        Options.text(
            "FILE", "What \"ip route show table all\" prints, plain or with -j.", "--routes"));
    command.addOption(
        Options.list(
            "FILE|NAME=VALUE",
            "What \"sysctl -a\" prints, or one setting. Default: a Kubernetes node's:"
                + " net.ipv4.ip_forward=1, net.ipv6.conf.all.forwarding=1,"
                + " net.ipv4.conf.all.route_localnet=1 (IPVS: 0), net.ipv4.conf.all.rp_filter=0,"
                + " net.ipv4.vs.conntrack=1.",
            "--sysctl"));
    command.addOption(
        Options.list(
            "[LIST=]FILE",
            "A list of \"-m recent\": /proc/net/xt_recent/LIST. Default: empty.",
            "--recent"));
  }

  /// The options as the user gave them.
  static TraceOptions of(ParseResult given) {
    return new TraceOptions(
        Options.all(given, "--rules"),
        Options.all(given, "--iptables"),
        Options.all(given, "--ip6tables"),
        Options.all(given, "--ipset"),
        Options.all(given, "--ipvs"),
        Options.all(given, "--nft"),
        Options.one(given, "--routes"),
        Options.all(given, "--sysctl"),
        Options.all(given, "--recent"),
        Options.one(given, "--from"),
        Options.one(given, "--to"),
        Options.one(given, "--protocol"),
        Options.one(given, "--icmp-type"),
        Options.one(given, "--in-interface"),
        Options.one(given, "--state"),
        Options.one(given, "--packets"),
        Options.has(given, "--no-path"),
        Options.has(given, "--all-paths"),
        Options.all(given, "--expect"),
        Options.one(given, "--output").orElse("text"));
  }
}
