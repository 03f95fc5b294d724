package dev.kproxy.manifest.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the real kube-proxy said of configurations, one a row
/// (`testdata/validation/kubeproxyconfiguration.jsonl`).
class RecordedVerdictsTest {
  private static final Path TESTDATA = Path.of(System.getProperty("kproxy.root"), "testdata");

  /// One recorded configuration, shown in reports by its id.
  record Row(String id, Value.Mapping json) {
    Value get(String field) {
      return json.get(field).orElseThrow(() -> new NoSuchElementException(field));
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /// The values that a [ProxyConfiguration] holds, by the field they come from, spelled so that
  /// equal values are spelled the same.
  private static final Map<String, Function<ProxyConfiguration, Object>> HELD =
      Map.ofEntries(
          Map.entry("mode", it -> it.mode().name().toLowerCase(Locale.ROOT)),
          Map.entry("hostnameOverride", ProxyConfiguration::hostnameOverride),
          Map.entry("bindAddress", ProxyConfiguration::bindAddress),
          Map.entry("clusterCIDR", ProxyConfiguration::clusterCidrs),
          Map.entry("detectLocalMode", it -> it.detectLocalMode().name().replace("_", "")),
          Map.entry("detectLocal.bridgeInterface", ProxyConfiguration::bridgeInterface),
          Map.entry("detectLocal.interfaceNamePrefix", ProxyConfiguration::interfaceNamePrefix),
          Map.entry("nodePortAddresses", RecordedVerdictsTest::nodePortAddresses),
          Map.entry("iptables.localhostNodePorts", ProxyConfiguration::localhostNodePorts),
          Map.entry("conntrack.maxPerCore", it -> it.conntrack().maxPerCore()),
          Map.entry("conntrack.min", it -> it.conntrack().min()),
          Map.entry("conntrack.tcpBeLiberal", it -> it.conntrack().tcpBeLiberal()),
          Map.entry(
              "conntrack.tcpEstablishedTimeout", it -> set(it.conntrack().tcpEstablishedTimeout())),
          Map.entry(
              "conntrack.tcpCloseWaitTimeout", it -> set(it.conntrack().tcpCloseWaitTimeout())),
          Map.entry("conntrack.udpTimeout", it -> set(it.conntrack().udpTimeout())),
          Map.entry("conntrack.udpStreamTimeout", it -> set(it.conntrack().udpStreamTimeout())),
          Map.entry("ipvs.scheduler", it -> it.ipvs().scheduler()),
          Map.entry("ipvs.excludeCIDRs", it -> it.ipvs().excludeCidrs()),
          Map.entry("ipvs.strictARP", it -> it.ipvs().strictArp()),
          Map.entry("ipvs.tcpTimeout", it -> it.ipvs().tcpTimeout()),
          Map.entry("ipvs.tcpFinTimeout", it -> it.ipvs().tcpFinTimeout()),
          Map.entry("ipvs.udpTimeout", it -> it.ipvs().udpTimeout()));

  /// Fields of a mode's section, of which only that of the mode in force is held.
  private static final Map<String, Function<ProxyConfiguration, Object>> OF_SECTION =
      Map.of(
          "masqueradeBit", ProxyConfiguration::masqueradeBit,
          "masqueradeAll", ProxyConfiguration::masqueradeAll);

  static Stream<Row> rows() throws IOException {
    return Files.readAllLines(TESTDATA.resolve("validation/kubeproxyconfiguration.jsonl")).stream()
        .map(JsonValues::parse)
        .map(row -> new Row(text(row.get("id").orElseThrow()), row));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void givesTheRecordedVerdictAndValue(Row row) throws IOException {
    Reading reading =
        row.json().get("text").isPresent()
            ? Reading.ofText(text(row.get("text")))
            : Reading.of((Value.Mapping) row.get("manifest"));
    Optional<ProxyConfiguration> read = reading.configuration();
    List<String> diagnostics = reading.diagnostics();

    boolean accepted = text(row.get("accepted")).equals("true") && !stricter().contains(row.id());
    assertThat(read.isPresent()).as("accepted: %s", diagnostics).isEqualTo(accepted);
    read.ifPresent(configuration -> assertStored(row, configuration));
    if (row.json().get("warnings").isPresent()) {
      assertThat(diagnostics).singleElement().asString().containsPattern("note KP40[78]");
    }
  }

  /// Rows that kproxy refuses although kube-proxy does not: a rule could not hold the value.
  private static Set<String> stricter() throws IOException {
    return Files.readAllLines(TESTDATA.resolve("validation-exceptions.txt")).stream()
        .map(line -> line.substring(0, Math.max(0, line.indexOf('\t'))))
        .collect(Collectors.toSet());
  }

  private static void assertStored(Row row, ProxyConfiguration configuration) {
    String field = text(row.get("field"));
    if (row.get("stored") instanceof Value.Mapping stored && field.equals("(text)")) {
      assertThat(configuration.mode().name()).isEqualToIgnoringCase(text(stored, "mode"));
      assertThat(configuration.hostnameOverride()).isEqualTo(text(stored, "hostnameOverride"));
      Value.Mapping iptables = (Value.Mapping) stored.get("iptables").orElseThrow();
      assertThat(configuration.masqueradeBit())
          .asString()
          .isEqualTo(text(iptables, "masqueradeBit"));
      assertThat(configuration.masqueradeAll())
          .asString()
          .isEqualTo(text(iptables, "masqueradeAll"));
      return;
    }
    String section = configuration.mode() == Mode.NFTABLES ? "nftables." : "iptables.";
    Function<ProxyConfiguration, Object> held =
        field.startsWith(section)
            ? OF_SECTION.getOrDefault(field.substring(section.length()), HELD.get(field))
            : HELD.get(field);
    if (held != null) {
      assertThat(held.apply(configuration).toString())
          .isEqualTo(expected(field, row.get("stored")));
    }
  }

  private static String expected(String field, Value stored) {
    if (stored instanceof Value.Sequence list) {
      List<String> texts = list.items().stream().map(RecordedVerdictsTest::text).toList();
      return texts.equals(List.of("primary")) ? "primary" : cidrs(texts);
    }
    String text = text(stored);
    return switch (field) {
      case "clusterCIDR" -> cidrs(List.of(text.split(",")));
      case "nodePortAddresses", "ipvs.excludeCIDRs" -> "[]";
      case "bindAddress" -> Ip.parseSloppy(text).orElseThrow().toString();
      case "hostnameOverride" -> text.strip().toLowerCase(Locale.ROOT);
      case "detectLocalMode" -> text.toUpperCase(Locale.ROOT);
      case "ipvs.scheduler" -> text.isEmpty() ? "rr" : text;
      default -> field.endsWith("Timeout") ? GoDuration.parse(text).orElseThrow().toString() : text;
    };
  }

  private static String cidrs(List<String> texts) {
    return texts.stream().flatMap(text -> Cidr.parseSloppy(text).stream()).toList().toString();
  }

  private static Object nodePortAddresses(ProxyConfiguration configuration) {
    return configuration.primaryNodePortAddress() ? "primary" : configuration.nodePortAddresses();
  }

  /// A time-out that is not set is recorded as zero.
  private static Duration set(Optional<Duration> timeout) {
    return timeout.orElse(Duration.ZERO);
  }

  private static String text(Value value) {
    return ((Scalar) value).text();
  }

  private static String text(Value.Mapping mapping, String field) {
    return text(mapping.get(field).orElseThrow());
  }
}
