package dev.kproxy.manifest.read;

import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where a real API server stored a value that a record holds, the record holds that value.
class RecordedDefaultsTest {
  /// What the records hold of each field, as text; lists are joined with blanks.
  private static final Map<String, Function<Manifests, Object>> HELD =
      Map.ofEntries(
          entry("spec.type", service(it -> camel(it.type()))),
          entry("spec.clusterIP", service(RecordedDefaultsTest::clusterIp)),
          entry("spec.clusterIPs", service(it -> it.headless() ? "None" : it.clusterIps())),
          entry("spec.externalIPs", service(Service::externalIps)),
          entry("spec.loadBalancerSourceRanges", service(Service::sourceRanges)),
          entry("spec.externalTrafficPolicy", service(it -> camel(it.externalPolicy()))),
          entry("spec.internalTrafficPolicy", service(it -> camel(it.internalPolicy()))),
          entry("spec.healthCheckNodePort", service(Service::healthCheckNodePort)),
          entry(
              "spec.sessionAffinity",
              service(it -> it.affinitySeconds().isPresent() ? "ClientIP" : "None")),
          entry(
              "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
              service(it -> it.affinitySeconds().orElseThrow())),
          entry("spec.allocateLoadBalancerNodePorts", service(Service::allocatesNodePorts)),
          entry("spec.ports[0].name", service(it -> it.ports().getFirst().name())),
          entry("spec.ports[0].port", service(it -> it.ports().getFirst().port())),
          entry("spec.ports[0].protocol", service(it -> it.ports().getFirst().protocol())),
          entry("spec.ports[0].nodePort", service(it -> it.ports().getFirst().nodePort())),
          entry("spec.podCIDRs", node(Node::podCidrs)),
          entry("spec.podCIDR", node(it -> it.podCidrs().stream().limit(1).toList())),
          entry("addressType", slice(it -> it.family().map(Object::toString).orElse("FQDN"))),
          entry("endpoints[0].nodeName", endpoint(Endpoint::node)),
          entry("endpoints[0].conditions.ready", endpoint(Endpoint::ready)),
          entry("endpoints[0].conditions.serving", endpoint(Endpoint::serving)),
          entry("endpoints[0].conditions.terminating", endpoint(Endpoint::terminating)),
          entry("endpoints[0].addresses", endpoint(Endpoint::ip)),
          entry("ports[0].name", slice(it -> it.ports().getFirst().name())),
          entry("ports[0].protocol", slice(it -> it.ports().getFirst().protocol())),
          entry("ports[0].port", slice(it -> it.ports().getFirst().port().orElse(0))));

  /// What stands for a value that the server leaves absent, where that is not nothing.
  private static final Map<String, String> ABSENT =
      Map.of(
          "spec.externalTrafficPolicy", "Cluster",
          "spec.healthCheckNodePort", "0",
          "spec.allocateLoadBalancerNodePorts", "true",
          "spec.ports[0].nodePort", "0",
          "endpoints[0].conditions.ready", "true",
          "endpoints[0].conditions.serving", "true",
          "endpoints[0].conditions.terminating", "false",
          "ports[0].port", "0");

  private static Function<Manifests, Object> service(Function<Service, Object> held) {
    return manifests -> held.apply(manifests.services().getFirst());
  }

  private static Function<Manifests, Object> node(Function<Node, Object> held) {
    return manifests -> held.apply(manifests.nodes().getFirst());
  }

  private static Function<Manifests, Object> slice(Function<EndpointSlice, Object> held) {
    return manifests -> held.apply(manifests.slices().getFirst());
  }

  private static Function<Manifests, Object> endpoint(Function<Endpoint, Object> held) {
    return slice(slice -> held.apply(slice.endpoints().getFirst()));
  }

  private static String clusterIp(Service service) {
    return service.headless()
        ? "None"
        : service.clusterIps().stream().findFirst().map(Ip::toString).orElse("");
  }

  /// `NODE_PORT` as `NodePort`.
  private static String camel(Enum<?> constant) {
    String words =
        Stream.of(constant.name().split("_", -1))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());
    return words.equals("ClusterIp") ? "ClusterIP" : words;
  }

  static Stream<Recorded> storedRows() {
    return Recorded.countedRows()
        .filter(row -> row.accepted() && !Recorded.exceptions().contains(row.id()))
        .filter(row -> HELD.containsKey(row.text("field")))
        .filter(row -> !stored(row).contains("(allocated)"))
        .filter(row -> !isEmptySlice(row));
  }

  /// Of host names a record holds nothing.
  private static boolean isEmptySlice(Recorded row) {
    return row.text("field").startsWith("endpoints[0]")
        && Input.of(row.manifest()).manifests().slices().getFirst().endpoints().isEmpty();
  }

  private static String stored(Recorded row) {
    String text = row.json().get("stored").map(RecordedDefaultsTest::plain).orElse("");
    String stored = text.isEmpty() ? ABSENT.getOrDefault(row.text("field"), "") : text;
    // kube-proxy uses the first address alone
    return row.text("field").equals("endpoints[0].addresses") ? stored.split(" ", 2)[0] : stored;
  }

  private static String plain(Value value) {
    return switch (value) {
      case Value.Scalar s -> canonical(s.text());
      case Value.Sequence s ->
          s.items().stream().map(RecordedDefaultsTest::plain).collect(Collectors.joining(" "));
      case Value.Mapping _ -> throw new AssertionError("no field that is held is a mapping");
    };
  }

  private static String canonical(String text) {
    return Ip.parse(text)
        .map(Ip::toString)
        .or(() -> Cidr.parse(text.strip()).map(Cidr::toString))
        .orElse(text);
  }

  private static String plain(Object held) {
    return held instanceof List<?> list
        ? list.stream().map(Object::toString).collect(Collectors.joining(" "))
        : held.toString();
  }

  @ParameterizedTest
  @MethodSource("storedRows")
  void holdsWhatTheApiServerStored(Recorded row) {
    Manifests manifests = Input.of(row.manifest()).manifests();
    Function<Manifests, Object> held = requireNonNull(HELD.get(row.text("field")));
    assertThat(plain(held.apply(manifests))).isEqualTo(stored(row));
  }
}
