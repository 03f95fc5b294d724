package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.ProxyConfiguration.Conntrack;
import dev.kproxy.manifest.config.ProxyConfiguration.DetectLocalMode;
import dev.kproxy.manifest.config.ProxyConfiguration.Ipvs;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.manifest.config.Report.Origin;
import dev.kproxy.manifest.config.Schema.Field;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.WrappedConfiguration;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads what kube-proxy runs with: from a file, from flags, or from both, in which case the flags
/// win.
public final class ConfigurationReader {
  private static final String KIND = "KubeProxyConfiguration";
  private static final String VERSION = "kubeproxy.config.k8s.io/v1alpha1";
  private static final List<String> PRIMARY = List.of("primary");

  private final Settings settings = new Settings();
  private final Report report;

  private ConfigurationReader(Consumer<Diagnostic> diagnostics) {
    this.report = new Report(diagnostics);
  }

  /// The flags of kube-proxy that set a field of its configuration, those that change rules first.
  public static List<Flag.Definition> flags() {
    return FlagReader.definitions();
  }

  /// The configuration that the flags alone give.
  ///
  /// @param flags in the order of the command line
  /// @param diagnostics is told every fault and every note
  /// @return empty where there was a fault
  /// @throws IllegalArgumentException where a flag is none of [#flags]
  public static Optional<ProxyConfiguration> read(
      List<Flag> flags, Consumer<Diagnostic> diagnostics) {
    ConfigurationReader reader = new ConfigurationReader(diagnostics);
    // Where no file says the mode, kube-proxy takes its periods from the defaults of iptables mode.
    reader.settings.put(
        Schema.IPVS_MIN_SYNC_PERIOD,
        Schema.IPTABLES_MIN_SYNC_PERIOD.fallback(),
        new Origin.Default());
    return reader.finish(flags);
  }

  /// The configuration that a file gives, and flags over it.
  ///
  /// @param file the file's name, for the places of diagnostics
  /// @param document a KubeProxyConfiguration, or a ConfigMap that wraps one
  /// @param flags in the order of the command line
  /// @param diagnostics is told every fault and every note
  /// @return empty where there was a fault
  /// @throws IllegalArgumentException where a flag is none of [#flags]
  public static Optional<ProxyConfiguration> read(
      String file, Value.Mapping document, List<Flag> flags, Consumer<Diagnostic> diagnostics) {
    ConfigurationReader reader = new ConfigurationReader(diagnostics);
    reader.document(file, document);
    return reader.finish(flags);
  }

  private void document(String file, Value.Mapping document) {
    String kind = Fields.text(document, "kind");
    if (kind.equals("ConfigMap")) {
      String name = WrappedConfiguration.describe(document);
      configMap(new Origin.InFile(file, name, document), document);
      return;
    }
    Origin.InFile origin = new Origin.InFile(file, KIND, document);
    if (kind.equals(KIND)) {
      configuration(origin, document);
    } else {
      String message =
          "must be %s, not %s; one behind other objects is found with -f"
              .formatted(KIND, Printable.quote(kind));
      report.error(Code.CONFIGURATION, origin, "kind", message);
    }
  }

  private void configMap(Origin.InFile origin, Value.Mapping configMap) {
    Optional<Value.Field> held = WrappedConfiguration.in(configMap);
    if (held.isEmpty()
        || !(held.get().value() instanceof Scalar(Kind kind, _, _, _))
        || kind != Kind.STRING) {
      report.error(
          Code.CONFIGURATION,
          origin,
          "data.\"config.conf\"",
          "must hold a KubeProxyConfiguration as text");
      return;
    }
    DocumentReader.readConfiguration(
        held.get(),
        origin.file(),
        new DocumentReader.Sink() {
          @Override
          public void object(Value.Mapping object) {
            configuration(origin.of(object), object);
          }

          @Override
          public void problem(Diagnostic problem) {
            report.pass(problem);
          }
        });
  }

  private void configuration(Origin.InFile origin, Value.Mapping configuration) {
    if (hasText(origin, configuration, "kind", KIND, Code.CONFIGURATION)
        && hasText(origin, configuration, "apiVersion", VERSION, Code.UNSUPPORTED_VERSION)) {
      new ConfigurationDecoder(origin, settings, report).decode(configuration);
    }
  }

  private boolean hasText(
      Origin.InFile origin, Value.Mapping object, String field, String wanted, Code code) {
    String text = Fields.text(object, field);
    if (!text.equals(wanted)) {
      Origin at = object.get(field).map(value -> (Origin) origin.of(value)).orElse(origin);
      String found = text.isEmpty() ? "" : ", not " + Printable.quote(text);
      report.error(code, at, field, "must be " + wanted + found);
    }
    return text.equals(wanted);
  }

  private Optional<ProxyConfiguration> finish(List<Flag> flags) {
    new FlagReader(settings, report).read(flags);
    new Validation(settings, report).run();
    return report.failed() ? Optional.empty() : Optional.of(configuration());
  }

  private ProxyConfiguration configuration() {
    Mode mode =
        switch (settings.get(Schema.MODE)) {
          case "ipvs" -> Mode.IPVS;
          case "nftables" -> Mode.NFTABLES;
          default -> Mode.IPTABLES;
        };
    boolean nftables = mode == Mode.NFTABLES;
    List<String> nodePortAddresses = settings.get(Schema.NODE_PORT_ADDRESSES);
    boolean primary =
        nodePortAddresses.equals(PRIMARY) || (nftables && nodePortAddresses.isEmpty());
    return new ProxyConfiguration(
        mode,
        settings.get(Schema.HOSTNAME_OVERRIDE).strip().toLowerCase(Locale.ROOT),
        Ip.parseSloppy(settings.get(Schema.BIND_ADDRESS)).orElseThrow(),
        Math.toIntExact(
            settings.get(
                nftables ? Schema.NFTABLES_MASQUERADE_BIT : Schema.IPTABLES_MASQUERADE_BIT)),
        settings.get(nftables ? Schema.NFTABLES_MASQUERADE_ALL : Schema.IPTABLES_MASQUERADE_ALL),
        settings.get(Schema.LOCALHOST_NODE_PORTS),
        switch (settings.get(Schema.DETECT_LOCAL_MODE)) {
          case "NodeCIDR" -> DetectLocalMode.NODE_CIDR;
          case "BridgeInterface" -> DetectLocalMode.BRIDGE_INTERFACE;
          case "InterfaceNamePrefix" -> DetectLocalMode.INTERFACE_NAME_PREFIX;
          default -> DetectLocalMode.CLUSTER_CIDR;
        },
        cidrs(Schema.CLUSTER_CIDR),
        settings.get(Schema.BRIDGE_INTERFACE),
        settings.get(Schema.INTERFACE_NAME_PREFIX),
        primary ? List.of() : cidrs(Schema.NODE_PORT_ADDRESSES),
        primary,
        conntrack(),
        ipvs(),
        new FeatureGates(settings.get(Schema.FEATURE_GATES)).isOn("AllowServiceExternalIPs"));
  }

  private Conntrack conntrack() {
    return new Conntrack(
        Math.toIntExact(settings.get(Schema.CONNTRACK_MAX_PER_CORE)),
        Math.toIntExact(settings.get(Schema.CONNTRACK_MIN)),
        set(Schema.TCP_ESTABLISHED_TIMEOUT),
        set(Schema.TCP_CLOSE_WAIT_TIMEOUT),
        settings.get(Schema.TCP_BE_LIBERAL),
        set(Schema.UDP_TIMEOUT),
        set(Schema.UDP_STREAM_TIMEOUT));
  }

  /// Zero leaves the kernel's time-out as it is.
  private Optional<Duration> set(Field<Duration> field) {
    return Optional.of(settings.get(field)).filter(Duration::isPositive);
  }

  private Ipvs ipvs() {
    return new Ipvs(
        settings.get(Schema.SCHEDULER),
        cidrs(Schema.EXCLUDE_CIDRS),
        settings.get(Schema.STRICT_ARP),
        settings.get(Schema.IPVS_TCP_TIMEOUT),
        settings.get(Schema.IPVS_TCP_FIN_TIMEOUT),
        settings.get(Schema.IPVS_UDP_TIMEOUT));
  }

  /// The ranges of a list. Where nothing uses the list in this mode it was not validated, and what
  /// is none is left out.
  private List<Cidr> cidrs(Field<List<String>> field) {
    return settings.get(field).stream().flatMap(text -> Cidr.parseSloppy(text).stream()).toList();
  }
}
