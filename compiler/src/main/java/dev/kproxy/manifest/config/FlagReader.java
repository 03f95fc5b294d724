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
import java.util.stream.Collectors;

/// kube-proxy's flags, each with the fields that it sets, and what they do to a configuration.
final class FlagReader {
  /// How the placeholder of a list ends.
  private static final String MORE = ",…";

  /// A flag, the placeholder of its value, the fields that it sets, and what it is about. One that
  /// is meant for two modes sets the field of either. `+` stands for more of the same: text without
  /// any other than ASCII characters is the quicker to take apart.
  private static final String TABLE =
      """
      proxy-mode | MODE | mode | iptables, ipvs or nftables
      cluster-cidr | CIDR[,CIDR] | clusterCIDR | the Pods' addresses, one range a family
      detect-local-mode | MODE | detectLocalMode | ClusterCIDR, NodeCIDR, BridgeInterface or \
      InterfaceNamePrefix: how local Pods are told from other sources
      pod-bridge-interface | NAME | detectLocal.bridgeInterface | the bridge of local Pods
      pod-interface-name-prefix | PREFIX | detectLocal.interfaceNamePrefix | \
      how the interfaces of local Pods begin
      bind-address | IP | bindAddress | overrides the primary address of the node
      hostname-override | NAME | hostnameOverride | the name of the node
      nodeport-addresses | CIDR+ | nodePortAddresses | \
      the ranges whose local addresses take node ports, or primary
      masquerade-all | BOOL | iptables.masqueradeAll nftables.masqueradeAll | \
      masquerade all traffic to cluster IPs
      iptables-masquerade-bit | BIT | iptables.masqueradeBit | \
      the bit of the mark that asks for masquerading (not in nftables mode)
      iptables-localhost-nodeports | BOOL | iptables.localhostNodePorts | \
      node ports answer on 127.0.0.1 (iptables mode)
      iptables-sync-period | DURATION | iptables.syncPeriod nftables.syncPeriod | \
      how often all rules are written again (not in ipvs mode)
      iptables-min-sync-period | DURATION | iptables.minSyncPeriod nftables.minSyncPeriod | \
      the least time between two changes of the rules (not in ipvs mode)
      ipvs-scheduler | NAME | ipvs.scheduler | the scheduler of all virtual servers
      ipvs-exclude-cidrs | CIDR+ | ipvs.excludeCIDRs | \
      the ranges whose virtual servers are left alone
      ipvs-strict-arp | BOOL | ipvs.strictARP | \
      answer ARP for addresses of the asked interface alone
      ipvs-tcp-timeout | DURATION | ipvs.tcpTimeout | \
      of idle TCP connections; 0 leaves the kernel's
      ipvs-tcpfin-timeout | DURATION | ipvs.tcpFinTimeout | \
      of TCP connections after a FIN; 0 leaves the kernel's
      ipvs-udp-timeout | DURATION | ipvs.udpTimeout | of idle UDP flows; 0 leaves the kernel's
      ipvs-sync-period | DURATION | ipvs.syncPeriod | \
      how often all rules are written again (ipvs mode)
      ipvs-min-sync-period | DURATION | ipvs.minSyncPeriod | \
      the least time between two changes of the rules (ipvs mode)
      conntrack-max-per-core | N | conntrack.maxPerCore | \
      tracked connections for each CPU; 0 leaves the kernel's limit
      conntrack-min | N | conntrack.min | the least number of tracked connections
      conntrack-tcp-timeout-established | DURATION | conntrack.tcpEstablishedTimeout | \
      of idle TCP connections; 0 leaves the kernel's
      conntrack-tcp-timeout-close-wait | DURATION | conntrack.tcpCloseWaitTimeout | \
      of TCP connections in CLOSE_WAIT; 0 leaves the kernel's
      conntrack-tcp-be-liberal | BOOL | conntrack.tcpBeLiberal | \
      packets outside of the TCP window are not invalid
      conntrack-udp-timeout | DURATION | conntrack.udpTimeout | \
      of UDP flows without an answer; 0 leaves the kernel's
      conntrack-udp-timeout-stream | DURATION | conntrack.udpStreamTimeout | \
      of UDP flows with answers; 0 leaves the kernel's
      feature-gates | NAME=BOOL+ | featureGates | of them AllowServiceExternalIPs changes rules
      config-sync-period | DURATION | configSyncPeriod | how often Services are read again
      healthz-bind-address | IP:PORT | healthzBindAddress | where health checks are answered
      healthz-port | PORT | --healthz-port | the port of a health check address without one
      metrics-bind-address | IP:PORT | metricsBindAddress | where metrics are served
      metrics-port | PORT | --metrics-port | the port of a metrics address without one
      bind-address-hard-fail | BOOL | bindAddressHardFail | \
      a port that cannot be bound ends kube-proxy
      profiling | BOOL | enableProfiling | serve profiles beside the metrics
      show-hidden-metrics-for-version | VERSION | showHiddenMetricsForVersion | \
      metrics that were hidden since that version
      oom-score-adj | N | oomScoreAdj | kube-proxy's own, -1000 to 1000
      kubeconfig | FILE | clientConnection.kubeconfig | how the API server is reached
      master | URL | --master | the API server, whatever the kubeconfig says
      kube-api-content-type | TYPE | clientConnection.contentType | of requests to the API server
      kube-api-qps | N | clientConnection.qps | requests to the API server a second
      kube-api-burst | N | clientConnection.burst | requests to the API server at once
      logging-format | FORMAT | logging.format | text
      log-flush-frequency | DURATION | logging.flushFrequency | how often the log is written out
      v | LEVEL | logging.verbosity | kube-proxy's own verbosity
      vmodule | FILE=LEVEL+ | logging.vmodule | kube-proxy's own verbosity by source file
      log-text-split-stream | BOOL | logging.options.text.splitStream | \
      errors to stderr, all else to stdout
      log-text-info-buffer-size | SIZE | logging.options.text.infoBufferSize | \
      the buffer of stdout where streams are split
      """;

  private record Setter(Flag.Definition definition, List<Field<?>> fields) {
    /// Whether the values of a flag that is given twice add up.
    boolean adds() {
      return definition.placeholder().endsWith(MORE);
    }
  }

  private static final Map<String, Setter> SETTERS =
      TABLE
          .lines()
          .map(FlagReader::setter)
          .collect(
              Collectors.toMap(
                  setter -> setter.definition.name(),
                  setter -> setter,
                  (first, _) -> first,
                  LinkedHashMap::new));

  private final Settings settings;
  private final Report report;

  FlagReader(Settings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  private static Setter setter(String line) {
    String[] columns = line.split("\\|", -1); // of one character: that needs no regular expression
    List<Field<?>> fields = new ArrayList<>();
    for (String path : columns[2].strip().split(" ", -1)) {
      fields.add(Schema.field(path));
    }
    boolean isBoolean = fields.getFirst().fallback() instanceof Boolean;
    return new Setter(
        new Flag.Definition(
            columns[0].strip(),
            columns[1].strip().replace("+", MORE),
            columns[3].strip(),
            isBoolean),
        fields);
  }

  /// All flags, those that change rules first.
  static List<Flag.Definition> definitions() {
    return SETTERS.values().stream().map(Setter::definition).toList();
  }

  /// Gives the fields the values of the flags. Of a flag given twice the last one counts, or, where
  /// it takes a list, all.
  ///
  /// @throws IllegalArgumentException where there is no such flag
  void read(List<Flag> flags) {
    Map<String, List<Flag>> byName = new LinkedHashMap<>();
    for (Flag flag : flags) {
      byName.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(flag);
    }
    byName.forEach(
        (name, given) -> {
          Setter setter = SETTERS.get(name);
          if (setter == null) {
            throw new IllegalArgumentException(name);
          }
          apply(setter, given);
        });
  }

  private void apply(Setter setter, List<Flag> given) {
    FieldType<?> type = setter.fields.getFirst().type();
    List<Flag> wrong =
        given.stream().filter(flag -> type.parse().apply(flag.value()).isEmpty()).toList();
    for (Flag flag : wrong) {
      String message = "must be " + type.noun() + ", not " + Printable.quote(flag.value());
      report.error(Code.FLAG, new Origin.OnCommandLine(flag), "", message);
    }
    if (wrong.isEmpty()) {
      Flag flag = setter.adds() ? joined(given) : given.getLast();
      setter.fields.forEach(field -> set(field, flag));
    } else {
      setter.fields.forEach(settings::spoil);
    }
  }

  private static Flag joined(List<Flag> given) {
    String all =
        given.stream()
            .map(Flag::value)
            .filter(value -> !value.isEmpty())
            .collect(Collectors.joining(","));
    return new Flag(given.getFirst().name(), all);
  }

  private <T> void set(Field<T> field, Flag flag) {
    T value = field.type().parse().apply(flag.value()).orElseThrow();
    // A string that is empty leaves the default.
    T wanted = value.equals("") ? field.fallback() : value;
    settings.find(field).ifPresent(old -> noteOverride(field, old, wanted, flag));
    settings.put(field, wanted, new Origin.OnCommandLine(flag));
  }

  private <T> void noteOverride(Field<T> field, Setting<T> old, T value, Flag flag) {
    if (old.origin() instanceof Origin.InFile file && !value.equals(old.value())) {
      String message = flag + " " + Printable.quote(flag.value()) + " wins over the value here";
      report.note(Code.FLAG_WINS, file, field.path(), message);
    }
  }
}
