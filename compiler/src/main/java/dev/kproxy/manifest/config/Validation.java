package dev.kproxy.manifest.config;

import static dev.kproxy.manifest.config.Schema.*;

import dev.kproxy.manifest.config.Report.Origin;
import dev.kproxy.manifest.config.Schema.Field;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// kube-proxy's rules for a whole configuration (`pkg/proxy/apis/config/validation`), and a few
/// stricter ones for values that kube-proxy takes and no rule can hold.
///
/// Like kube-proxy it looks at a mode's section only in that mode, except for iptables' bit.
final class Validation {
  private static final String DETECT_LOCAL_MODES =
      "ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix";
  private static final String PRIMARY = "primary";
  private static final String ALPHA_LOGGING = "LoggingAlphaOptions";

  private final Settings settings;
  private final Report report;

  Validation(Settings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  void run() {
    new FeatureGates(settings.get(FEATURE_GATES))
        .faults()
        .forEach(fault -> refuse(FEATURE_GATES, fault));
    mode();
    check(CONNTRACK_MAX_PER_CORE, Rules::notNegative);
    check(CONNTRACK_MIN, Rules::notNegative);
    check(TCP_ESTABLISHED_TIMEOUT, Rules::notNegative);
    check(TCP_CLOSE_WAIT_TIMEOUT, Rules::notNegative);
    check(UDP_TIMEOUT, Rules::notNegative);
    check(UDP_STREAM_TIMEOUT, Rules::notNegative);
    check(OOM_SCORE_ADJ, Rules.within(-1000, 1000));
    check(BURST, Rules::notNegative);
    check(CONFIG_SYNC_PERIOD, Rules::positive);
    hostname();
    check(BIND_ADDRESS, Rules::ip);
    servingAddresses();
    nodePortAddresses();
    check(SHOW_HIDDEN_METRICS, Rules::hiddenMetricsVersion);
    detectLocalMode();
    logging();
    portRange();
  }

  private void mode() {
    check(IPTABLES_MASQUERADE_BIT, Rules.within(0, 31));
    switch (settings.get(MODE)) {
      case "iptables" -> periods(IPTABLES_SYNC_PERIOD, IPTABLES_MIN_SYNC_PERIOD);
      case "ipvs" -> {
        periods(IPVS_SYNC_PERIOD, IPVS_MIN_SYNC_PERIOD);
        List.of(IPVS_TCP_TIMEOUT, IPVS_TCP_FIN_TIMEOUT, IPVS_UDP_TIMEOUT)
            .forEach(
                timeout -> {
                  check(timeout, Rules::notNegative);
                  check(timeout, Code.UNUSABLE, Rules::settableTimeout);
                });
        each(EXCLUDE_CIDRS, Rules::cidr);
        check(SCHEDULER, Code.UNUSABLE, Rules::scheduler);
      }
      case "nftables" -> {
        periods(NFTABLES_SYNC_PERIOD, NFTABLES_MIN_SYNC_PERIOD);
        check(NFTABLES_MASQUERADE_BIT, Rules.within(0, 31));
      }
      default -> refuse(MODE, "must be iptables, ipvs or nftables, not " + quoted(MODE));
    }
  }

  private void periods(Field<Duration> period, Field<Duration> least) {
    check(period, Rules::positive);
    check(least, Rules::notNegative);
    boolean readable = settings.isReadable(period) && settings.isReadable(least);
    if (readable && settings.get(least).compareTo(settings.get(period)) > 0) {
      if (settings.find(period).isPresent()) {
        refuse(period, "must not be less than " + least.path());
      } else {
        refuse(least, "must not be greater than " + period.path() + ", which is 30s");
      }
    }
  }

  /// A blank name passes kube-proxy's validation, but not its start.
  private void hostname() {
    check(
        HOSTNAME_OVERRIDE,
        name ->
            !name.isEmpty() && name.isBlank()
                ? Optional.of("must not be blank")
                : Optional.empty());
  }

  private void servingAddresses() {
    long healthzPort = settings.get(HEALTHZ_PORT);
    if (healthzPort != 0) {
      check(
          HEALTHZ_BIND_ADDRESS,
          text -> text.isEmpty() ? Optional.empty() : Rules.hostPort(text, healthzPort));
    }
    long metricsPort = settings.get(METRICS_PORT);
    if (metricsPort == 0) {
      refuse(METRICS_PORT, "must not be 0: kube-proxy then refuses its metrics address");
    } else {
      check(
          METRICS_BIND_ADDRESS,
          text -> text.isEmpty() ? Optional.empty() : Rules.hostPort(text, metricsPort));
    }
  }

  private void nodePortAddresses() {
    List<String> ranges = settings.get(NODE_PORT_ADDRESSES);
    int primary = ranges.indexOf(PRIMARY);
    if (primary >= 0 && ranges.size() > 1) {
      refuseItem(NODE_PORT_ADDRESSES, primary, "\"primary\" must stand alone");
    }
    for (int i = 0; i < (primary < 0 ? ranges.size() : primary); i++) {
      int item = i;
      Rules.cidr(ranges.get(i)).ifPresent(fault -> refuseItem(NODE_PORT_ADDRESSES, item, fault));
    }
  }

  private void detectLocalMode() {
    switch (settings.get(DETECT_LOCAL_MODE)) {
      case "ClusterCIDR" -> clusterCidrs();
      case "BridgeInterface" -> interfaceName(BRIDGE_INTERFACE, 0);
      case "InterfaceNamePrefix" -> interfaceName(INTERFACE_NAME_PREFIX, 1);
      case "NodeCIDR" -> {}
      default ->
          refuse(
              DETECT_LOCAL_MODE,
              "must be " + DETECT_LOCAL_MODES + ", not " + quoted(DETECT_LOCAL_MODE));
    }
  }

  private void clusterCidrs() {
    List<String> ranges = settings.get(CLUSTER_CIDR);
    Optional<String> wrong =
        ranges.stream().flatMap(range -> Rules.cidr(range).stream()).findFirst();
    List<Cidr> cidrs = ranges.stream().flatMap(range -> Cidr.parseSloppy(range).stream()).toList();
    if (wrong.isPresent()) {
      refuse(CLUSTER_CIDR, wrong.get());
    } else if (cidrs.size() > cidrs.stream().map(Cidr::family).distinct().count()) {
      refuse(CLUSTER_CIDR, "must be one CIDR, or one of each family");
    }
  }

  private void interfaceName(Field<String> field, int wildcard) {
    boolean nftables = settings.get(MODE).equals("nftables");
    String name = settings.get(field);
    if (name.isEmpty() && settings.isReadable(field)) {
      Field<?> given = settings.find(field).isPresent() ? field : DETECT_LOCAL_MODE;
      String where = field.path() + " must not be empty where ";
      refuse(given, where + DETECT_LOCAL_MODE.path() + " is " + settings.get(DETECT_LOCAL_MODE));
    } else if (!name.isEmpty()) {
      check(field, Code.UNUSABLE, text -> Rules.interfaceName(text, nftables, wildcard));
    }
  }

  private void logging() {
    check(LOG_FLUSH_FREQUENCY, Rules::positive);
    check(
        LOG_FORMAT,
        format ->
            format.equals("text")
                ? Optional.empty()
                : Optional.of(Printable.quote(format) + " is no log format of kube-proxy"));
    check(LOG_VERBOSITY, Rules.within(0, Integer.MAX_VALUE));
    each(LOG_VMODULE, Rules::fileVerbosity);
    FeatureGates gates = new FeatureGates(settings.get(FEATURE_GATES));
    if (!gates.isOn(ALPHA_LOGGING)) {
      // A split stream in a file is lost on kube-proxy's way to its validation.
      if (settings.origin(LOG_TEXT_SPLIT_STREAM) instanceof Origin.OnCommandLine) {
        check(LOG_TEXT_SPLIT_STREAM, Validation::alpha);
      }
      check(LOG_JSON_SPLIT_STREAM, Validation::alpha);
      check(LOG_TEXT_BUFFER, size -> alpha(!GoNumber.isZero(size)));
      check(LOG_JSON_BUFFER, size -> alpha(!GoNumber.isZero(size)));
    }
  }

  private void portRange() {
    if (!settings.get(PORT_RANGE).isEmpty()) {
      String message = "has had no effect since 1.26, which dropped the mode userspace";
      report.note(Code.PASSED_OVER, settings.origin(PORT_RANGE), PORT_RANGE.path(), message);
    }
  }

  private static Optional<String> alpha(boolean asked) {
    return asked
        ? Optional.of("needs the feature gate " + ALPHA_LOGGING + ", which is off")
        : Optional.empty();
  }

  private <T> void check(Field<T> field, Function<T, Optional<String>> rule) {
    check(field, Code.CONFIGURATION, rule);
  }

  private <T> void check(Field<T> field, Code code, Function<T, Optional<String>> rule) {
    rule.apply(settings.get(field))
        .ifPresent(fault -> report.error(code, settings.origin(field), field.path(), fault));
  }

  private <T> void each(Field<List<T>> field, Function<T, Optional<String>> rule) {
    List<T> items = settings.get(field);
    for (int i = 0; i < items.size(); i++) {
      int item = i;
      rule.apply(items.get(i)).ifPresent(fault -> refuseItem(field, item, fault));
    }
  }

  private void refuseItem(Field<?> field, int item, String fault) {
    Origin origin = settings.origin(field).item(item);
    report.error(Code.CONFIGURATION, origin, field.path() + "[" + item + "]", fault);
  }

  private void refuse(Field<?> field, String fault) {
    report.error(Code.CONFIGURATION, settings.origin(field), field.path(), fault);
  }

  private String quoted(Field<String> field) {
    return Printable.quote(settings.get(field));
  }
}
