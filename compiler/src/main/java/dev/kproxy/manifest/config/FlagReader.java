package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.Report.Origin;
import dev.kproxy.manifest.config.Schema.Field;
import dev.kproxy.manifest.config.Settings.Setting;
import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// kube-proxy's flags, each with the fields that it sets, and what they do to a configuration.
final class FlagReader {
  /// A flag and the fields that it sets, all of one type. A flag that is meant for two modes sets
  /// the field of either.
  private record Setter<T>(Flag.Definition definition, boolean adds, List<Field<T>> fields) {}

  private static final Map<String, Setter<?>> SETTERS = new LinkedHashMap<>();

  static {
    flag("proxy-mode", "MODE", "iptables, ipvs or nftables", Schema.MODE);
    flag(
        "cluster-cidr",
        "CIDR[,CIDR]",
        "the Pods' addresses, one range a family",
        Schema.CLUSTER_CIDR);
    flag(
        "detect-local-mode",
        "MODE",
        "how local Pods are told from other sources: ClusterCIDR, NodeCIDR, BridgeInterface or"
            + " InterfaceNamePrefix",
        Schema.DETECT_LOCAL_MODE);
    flag(
        "pod-bridge-interface",
        "NAME",
        "the bridge of local Pods, for BridgeInterface",
        Schema.BRIDGE_INTERFACE);
    flag(
        "pod-interface-name-prefix",
        "PREFIX",
        "how interfaces of local Pods begin, for InterfaceNamePrefix",
        Schema.INTERFACE_NAME_PREFIX);
    flag("bind-address", "IP", "overrides the node's primary address", Schema.BIND_ADDRESS);
    flag("hostname-override", "NAME", "the name of the node", Schema.HOSTNAME_OVERRIDE);
    list(
        "nodeport-addresses",
        "CIDR,…",
        "the ranges whose local addresses take node ports, or primary",
        Schema.NODE_PORT_ADDRESSES);
    flag(
        "masquerade-all",
        "BOOL",
        "masquerade all traffic to cluster IPs",
        Schema.IPTABLES_MASQUERADE_ALL,
        Schema.NFTABLES_MASQUERADE_ALL);
    flag(
        "iptables-masquerade-bit",
        "BIT",
        "the bit of the mark that asks for masquerading, 0 to 31 (not in nftables mode)",
        Schema.IPTABLES_MASQUERADE_BIT);
    flag(
        "iptables-localhost-nodeports",
        "BOOL",
        "node ports answer on 127.0.0.1 (iptables mode)",
        Schema.LOCALHOST_NODE_PORTS);
    flag(
        "iptables-sync-period",
        "DURATION",
        "how often all rules are written again (not in ipvs mode)",
        Schema.IPTABLES_SYNC_PERIOD,
        Schema.NFTABLES_SYNC_PERIOD);
    flag(
        "iptables-min-sync-period",
        "DURATION",
        "the least time between two changes of the rules (not in ipvs mode)",
        Schema.IPTABLES_MIN_SYNC_PERIOD,
        Schema.NFTABLES_MIN_SYNC_PERIOD);
    flag("ipvs-scheduler", "NAME", "the scheduler of all virtual servers", Schema.SCHEDULER);
    list(
        "ipvs-exclude-cidrs",
        "CIDR,…",
        "the ranges whose virtual servers are left alone",
        Schema.EXCLUDE_CIDRS);
    flag(
        "ipvs-strict-arp",
        "BOOL",
        "answer ARP for addresses of the asked interface alone",
        Schema.STRICT_ARP);
    flag(
        "ipvs-tcp-timeout",
        "DURATION",
        "of idle TCP connections; 0 leaves the kernel's",
        Schema.IPVS_TCP_TIMEOUT);
    flag(
        "ipvs-tcpfin-timeout",
        "DURATION",
        "of TCP connections after a FIN; 0 leaves the kernel's",
        Schema.IPVS_TCP_FIN_TIMEOUT);
    flag(
        "ipvs-udp-timeout",
        "DURATION",
        "of idle UDP flows; 0 leaves the kernel's",
        Schema.IPVS_UDP_TIMEOUT);
    flag(
        "ipvs-sync-period",
        "DURATION",
        "how often all rules are written again (ipvs mode)",
        Schema.IPVS_SYNC_PERIOD);
    flag(
        "ipvs-min-sync-period",
        "DURATION",
        "the least time between two changes of the rules (ipvs mode)",
        Schema.IPVS_MIN_SYNC_PERIOD);
    flag(
        "conntrack-max-per-core",
        "N",
        "tracked connections for each CPU; 0 leaves the kernel's limit",
        Schema.CONNTRACK_MAX_PER_CORE);
    flag("conntrack-min", "N", "the least number of tracked connections", Schema.CONNTRACK_MIN);
    flag(
        "conntrack-tcp-timeout-established",
        "DURATION",
        "of idle TCP connections; 0 leaves the kernel's",
        Schema.TCP_ESTABLISHED_TIMEOUT);
    flag(
        "conntrack-tcp-timeout-close-wait",
        "DURATION",
        "of TCP connections in CLOSE_WAIT; 0 leaves the kernel's",
        Schema.TCP_CLOSE_WAIT_TIMEOUT);
    flag(
        "conntrack-tcp-be-liberal",
        "BOOL",
        "packets outside of the TCP window are not invalid",
        Schema.TCP_BE_LIBERAL);
    flag(
        "conntrack-udp-timeout",
        "DURATION",
        "of UDP flows without an answer; 0 leaves the kernel's",
        Schema.UDP_TIMEOUT);
    flag(
        "conntrack-udp-timeout-stream",
        "DURATION",
        "of UDP flows with answers; 0 leaves the kernel's",
        Schema.UDP_STREAM_TIMEOUT);
    list("feature-gates", "NAME=BOOL,…", "feature gates", Schema.FEATURE_GATES);
    flag(
        "config-sync-period",
        "DURATION",
        "how often Services are read again",
        Schema.CONFIG_SYNC_PERIOD);
    flag(
        "healthz-bind-address",
        "IP:PORT",
        "where health checks are answered",
        Schema.HEALTHZ_BIND_ADDRESS);
    flag(
        "healthz-port",
        "PORT",
        "the port for a health check address without one",
        Schema.HEALTHZ_PORT);
    flag(
        "metrics-bind-address", "IP:PORT", "where metrics are served", Schema.METRICS_BIND_ADDRESS);
    flag("metrics-port", "PORT", "the port for a metrics address without one", Schema.METRICS_PORT);
    flag(
        "bind-address-hard-fail",
        "BOOL",
        "a port that cannot be bound ends kube-proxy",
        Schema.BIND_ADDRESS_HARD_FAIL);
    flag("profiling", "BOOL", "serve profiles beside the metrics", Schema.ENABLE_PROFILING);
    flag(
        "show-hidden-metrics-for-version",
        "VERSION",
        "metrics hidden since that minor version",
        Schema.SHOW_HIDDEN_METRICS);
    flag("oom-score-adj", "N", "kube-proxy's own, -1000 to 1000", Schema.OOM_SCORE_ADJ);
    flag("kubeconfig", "FILE", "how the API server is reached", Schema.KUBECONFIG);
    flag("kube-api-content-type", "TYPE", "of requests to the API server", Schema.CONTENT_TYPE);
    flag("kube-api-qps", "N", "requests to the API server a second", Schema.QPS);
    flag("kube-api-burst", "N", "requests to the API server at once", Schema.BURST);
    flag("logging-format", "FORMAT", "text", Schema.LOG_FORMAT);
    flag(
        "log-flush-frequency",
        "DURATION",
        "how often the log is written out",
        Schema.LOG_FLUSH_FREQUENCY);
    flag("v", "LEVEL", "kube-proxy's own verbosity", Schema.LOG_VERBOSITY);
    list(
        "vmodule",
        "PATTERN=LEVEL,…",
        "kube-proxy's own verbosity, by source file",
        Schema.LOG_VMODULE);
    flag(
        "log-text-split-stream",
        "BOOL",
        "errors to stderr, the rest to stdout",
        Schema.LOG_TEXT_SPLIT_STREAM);
    flag(
        "log-text-info-buffer-size",
        "SIZE",
        "the buffer of stdout where streams are split",
        Schema.LOG_TEXT_BUFFER);
  }

  private final Settings settings;
  private final Report report;

  FlagReader(Settings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  /// All flags, those that change rules first.
  static List<Flag.Definition> definitions() {
    return SETTERS.values().stream().<Flag.Definition>map(Setter::definition).toList();
  }

  /// Gives the fields the values of the flags. Of a flag given twice the last one counts, or, where
  /// it takes a list, both.
  ///
  /// @throws IllegalArgumentException where there is no such flag
  void read(List<Flag> flags) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Flag flag : flags) {
      values.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(flag.value());
    }
    values.forEach(
        (name, given) -> {
          Setter<?> setter = SETTERS.get(name);
          if (setter == null) {
            throw new IllegalArgumentException(name);
          }
          String value = setter.adds ? String.join(",", given) : given.getLast();
          apply(setter, new Flag(name, value));
        });
  }

  private <T> void apply(Setter<T> setter, Flag flag) {
    Origin origin = new Origin.OnCommandLine(flag);
    FieldType<T> type = setter.fields.getFirst().type();
    Optional<T> parsed = type.parse().apply(flag.value());
    for (Field<T> field : setter.fields) {
      settings.find(field).ifPresent(old -> override(field, old, flag, parsed));
      parsed.ifPresentOrElse(
          value ->
              settings.put(field, flag.value().isEmpty() ? empty(field, value) : value, origin),
          () -> settings.spoil(field));
    }
    if (parsed.isEmpty()) {
      String quoted = Printable.quote(flag.value());
      report.error(Code.FLAG, origin, "", "must be " + type.noun() + ", not " + quoted);
    }
  }

  /// An empty text leaves the default.
  private static <T> T empty(Field<T> field, T value) {
    return value instanceof String ? field.fallback() : value;
  }

  private <T> void override(Field<T> field, Setting<T> old, Flag flag, Optional<T> value) {
    if (old.origin() instanceof Origin.InFile file
        && value.isPresent()
        && !value.get().equals(old.value())) {
      String message = flag + " " + Printable.quote(flag.value()) + " wins over the value here";
      report.note(Code.FLAG_WINS, file, field.path(), message);
    }
  }

  private static <T> void flag(
      String name, String placeholder, String description, Field<T> field) {
    add(name, placeholder, description, false, List.of(field));
  }

  private static <T> void flag(
      String name, String placeholder, String description, Field<T> first, Field<T> second) {
    add(name, placeholder, description, false, List.of(first, second));
  }

  private static <T> void list(
      String name, String placeholder, String description, Field<T> field) {
    add(name, placeholder, description, true, List.of(field));
  }

  private static <T> void add(
      String name, String placeholder, String description, boolean adds, List<Field<T>> fields) {
    boolean isBoolean = fields.getFirst().fallback() instanceof Boolean;
    Flag.Definition definition = new Flag.Definition(name, placeholder, description, isBoolean);
    SETTERS.put(name, new Setter<>(definition, adds, fields));
  }
}
