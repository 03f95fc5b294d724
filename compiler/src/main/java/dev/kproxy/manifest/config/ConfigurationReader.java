package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.ProxyConfiguration.Conntrack;
import dev.kproxy.manifest.config.ProxyConfiguration.DetectLocalMode;
import dev.kproxy.manifest.config.ProxyConfiguration.Ipvs;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads what kube-proxy runs with: from a file, from flags, or from both, in which case the flags
/// win.
public final class ConfigurationReader {
  private ConfigurationReader() {}

  /// The flags of kube-proxy that set a field of its configuration, in the order of its help.
  public static List<FlagDefinition> flags() {
    return List.of();
  }

  /// Whether the document is a KubeProxyConfiguration, of any version, or the ConfigMap
  /// `kube-proxy` that wraps one as the text `config.conf`.
  public static boolean isConfiguration(Value.Mapping document) {
    return false;
  }

  /// The configuration that the flags alone give.
  ///
  /// @param flags in the order of the command line
  /// @param diagnostics is told every fault and every note
  /// @return empty where there was a fault
  public static Optional<ProxyConfiguration> read(
      List<Flag> flags, Consumer<Diagnostic> diagnostics) {
    return Optional.of(
        new ProxyConfiguration(
            Mode.IPTABLES,
            "",
            Ip.of("0.0.0.0"),
            14,
            false,
            true,
            DetectLocalMode.CLUSTER_CIDR,
            List.of(),
            "",
            "",
            List.of(),
            false,
            new Conntrack(
                32768,
                131072,
                Optional.of(Duration.ofHours(24)),
                Optional.of(Duration.ofHours(1)),
                false,
                Optional.empty(),
                Optional.empty()),
            new Ipvs("rr", List.of(), false, Duration.ZERO, Duration.ZERO, Duration.ZERO)));
  }

  /// The configuration that a file gives, and flags over it.
  ///
  /// @param file the file's name, for the places of diagnostics
  /// @param document a KubeProxyConfiguration, or a ConfigMap that wraps one
  /// @param flags in the order of the command line
  /// @param diagnostics is told every fault and every note
  /// @return empty where there was a fault
  public static Optional<ProxyConfiguration> read(
      String file, Value.Mapping document, List<Flag> flags, Consumer<Diagnostic> diagnostics) {
    return read(flags, diagnostics);
  }
}
