package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.FieldType.FileVerbosity;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of a KubeProxyConfiguration `v1alpha1` and their defaults, in the order of its type
/// (`k8s.io/kube-proxy/config/v1alpha1`).
final class Schema {
  /// A field.
  ///
  /// @param path its place in the object, as `iptables.masqueradeBit`
  /// @param type what its values are
  /// @param nullable whether kube-proxy tells absence from zero; where it does not, zero in a file
  ///   means the default (a flag's zero is zero)
  /// @param fallback what kube-proxy runs with where the field is absent
  record Field<T>(String path, FieldType<T> type, boolean nullable, T fallback) {
    /// Whether it is the field of the same path.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Field<?> that && path.equals(that.path);
    }

    @Override
    public int hashCode() {
      return path.hashCode();
    }
  }

  private static final Map<String, Field<?>> BY_PATH = new LinkedHashMap<>();

  static final Field<Map<String, Boolean>> FEATURE_GATES = field("featureGates", FieldType.GATES);

  static final Field<Long> BURST = field("clientConnection.burst", FieldType.INT32, 10L);
  static final Field<Float> QPS = field("clientConnection.qps", FieldType.FLOAT32, 5f);
  static final Field<String> KUBECONFIG = text("clientConnection.kubeconfig");
  static final Field<String> ACCEPT_CONTENT_TYPES = text("clientConnection.acceptContentTypes");
  static final Field<String> CONTENT_TYPE =
      text("clientConnection.contentType", "application/vnd.kubernetes.protobuf");

  static final Field<String> LOG_FORMAT = text("logging.format", "text");
  static final Field<Duration> LOG_FLUSH_FREQUENCY =
      field("logging.flushFrequency", FieldType.DURATION_OR_NANOSECONDS, Duration.ofSeconds(5));
  static final Field<Long> LOG_VERBOSITY = field("logging.verbosity", FieldType.VERBOSITY);
  static final Field<List<FileVerbosity>> LOG_VMODULE = field("logging.vmodule", FieldType.VMODULE);
  static final Field<Boolean> LOG_TEXT_SPLIT_STREAM = bool("logging.options.text.splitStream");
  static final Field<String> LOG_TEXT_BUFFER =
      field("logging.options.text.infoBufferSize", FieldType.QUANTITY);
  static final Field<Boolean> LOG_JSON_SPLIT_STREAM = bool("logging.options.json.splitStream");
  static final Field<String> LOG_JSON_BUFFER =
      field("logging.options.json.infoBufferSize", FieldType.QUANTITY);

  static final Field<String> HOSTNAME_OVERRIDE = text("hostnameOverride");
  static final Field<String> BIND_ADDRESS = text("bindAddress", "0.0.0.0");
  static final Field<String> HEALTHZ_BIND_ADDRESS = text("healthzBindAddress");
  static final Field<String> METRICS_BIND_ADDRESS = text("metricsBindAddress");
  static final Field<Boolean> BIND_ADDRESS_HARD_FAIL = bool("bindAddressHardFail");
  static final Field<Boolean> ENABLE_PROFILING = bool("enableProfiling");
  static final Field<String> SHOW_HIDDEN_METRICS = text("showHiddenMetricsForVersion");

  static final Field<String> MODE = text("mode", "iptables");

  static final Field<Long> IPTABLES_MASQUERADE_BIT =
      nullable("iptables.masqueradeBit", FieldType.INT32, 14L);
  static final Field<Boolean> IPTABLES_MASQUERADE_ALL = bool("iptables.masqueradeAll");
  static final Field<Boolean> LOCALHOST_NODE_PORTS =
      nullable("iptables.localhostNodePorts", FieldType.BOOLEAN, true);
  static final Field<Duration> IPTABLES_SYNC_PERIOD = period("iptables.syncPeriod", 30);
  static final Field<Duration> IPTABLES_MIN_SYNC_PERIOD = period("iptables.minSyncPeriod", 1);

  static final Field<Duration> IPVS_SYNC_PERIOD = period("ipvs.syncPeriod", 30);
  static final Field<Duration> IPVS_MIN_SYNC_PERIOD = period("ipvs.minSyncPeriod", 0);
  static final Field<String> SCHEDULER = text("ipvs.scheduler", "rr");
  static final Field<List<String>> EXCLUDE_CIDRS = field("ipvs.excludeCIDRs", FieldType.STRINGS);
  static final Field<Boolean> STRICT_ARP = bool("ipvs.strictARP");
  static final Field<Duration> IPVS_TCP_TIMEOUT = period("ipvs.tcpTimeout", 0);
  static final Field<Duration> IPVS_TCP_FIN_TIMEOUT = period("ipvs.tcpFinTimeout", 0);
  static final Field<Duration> IPVS_UDP_TIMEOUT = period("ipvs.udpTimeout", 0);

  static final Field<Long> NFTABLES_MASQUERADE_BIT =
      nullable("nftables.masqueradeBit", FieldType.INT32, 14L);
  static final Field<Boolean> NFTABLES_MASQUERADE_ALL = bool("nftables.masqueradeAll");
  static final Field<Duration> NFTABLES_SYNC_PERIOD = period("nftables.syncPeriod", 30);
  static final Field<Duration> NFTABLES_MIN_SYNC_PERIOD = period("nftables.minSyncPeriod", 1);

  static {
    text("winkernel.networkName");
    text("winkernel.sourceVip");
    bool("winkernel.enableDSR");
    text("winkernel.rootHnsEndpointName");
    bool("winkernel.forwardHealthCheckVip");
    bool("windowsRunAsService");
  }

  static final Field<String> DETECT_LOCAL_MODE = text("detectLocalMode", "ClusterCIDR");
  static final Field<String> BRIDGE_INTERFACE = text("detectLocal.bridgeInterface");
  static final Field<String> INTERFACE_NAME_PREFIX = text("detectLocal.interfaceNamePrefix");
  static final Field<List<String>> CLUSTER_CIDR = field("clusterCIDR", FieldType.COMMA_SEPARATED);
  static final Field<List<String>> NODE_PORT_ADDRESSES =
      field("nodePortAddresses", FieldType.STRINGS);

  static final Field<Long> OOM_SCORE_ADJ = nullable("oomScoreAdj", FieldType.INT32, -999L);

  static final Field<Long> CONNTRACK_MAX_PER_CORE =
      nullable("conntrack.maxPerCore", FieldType.INT32, 32L * 1024);
  static final Field<Long> CONNTRACK_MIN = nullable("conntrack.min", FieldType.INT32, 128L * 1024);
  static final Field<Duration> TCP_ESTABLISHED_TIMEOUT =
      nullable("conntrack.tcpEstablishedTimeout", FieldType.DURATION, Duration.ofHours(24));
  static final Field<Duration> TCP_CLOSE_WAIT_TIMEOUT =
      nullable("conntrack.tcpCloseWaitTimeout", FieldType.DURATION, Duration.ofHours(1));
  static final Field<Boolean> TCP_BE_LIBERAL = bool("conntrack.tcpBeLiberal");
  static final Field<Duration> UDP_TIMEOUT = period("conntrack.udpTimeout", 0);
  static final Field<Duration> UDP_STREAM_TIMEOUT = period("conntrack.udpStreamTimeout", 0);

  static final Field<Duration> CONFIG_SYNC_PERIOD = period("configSyncPeriod", 15 * 60);
  static final Field<String> PORT_RANGE = text("portRange");

  /// Ports for addresses that name none: there are flags for them, but no fields in a file.
  static final Field<Long> HEALTHZ_PORT =
      new Field<>("--healthz-port", FieldType.INT32, true, 10256L);

  static final Field<Long> METRICS_PORT =
      new Field<>("--metrics-port", FieldType.INT32, true, 10249L);

  /// The API server: a flag alone says it.
  static final Field<String> MASTER = new Field<>("--master", FieldType.STRING, true, "");

  private Schema() {}

  /// All fields that a file may hold, by their paths.
  static Map<String, Field<?>> inFiles() {
    return Collections.unmodifiableMap(BY_PATH);
  }

  /// The field of that path, for a file or for a flag alone.
  static Field<?> field(String path) {
    Field<?> field = BY_PATH.get(path);
    if (field != null) {
      return field;
    }
    return switch (path) {
      case "--healthz-port" -> HEALTHZ_PORT;
      case "--metrics-port" -> METRICS_PORT;
      case "--master" -> MASTER;
      default -> throw new IllegalArgumentException(path);
    };
  }

  private static <T> Field<T> add(Field<T> field) {
    BY_PATH.put(field.path(), field);
    return field;
  }

  private static <T> Field<T> field(String path, FieldType<T> type) {
    return field(path, type, type.zero());
  }

  private static <T> Field<T> field(String path, FieldType<T> type, T fallback) {
    return add(new Field<>(path, type, false, fallback));
  }

  private static <T> Field<T> nullable(String path, FieldType<T> type, T fallback) {
    return add(new Field<>(path, type, true, fallback));
  }

  private static Field<String> text(String path) {
    return text(path, "");
  }

  private static Field<String> text(String path, String fallback) {
    return field(path, FieldType.STRING, fallback);
  }

  private static Field<Boolean> bool(String path) {
    return field(path, FieldType.BOOLEAN);
  }

  private static Field<Duration> period(String path, long seconds) {
    return field(path, FieldType.DURATION, Duration.ofSeconds(seconds));
  }
}
