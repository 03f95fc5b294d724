package dev.kproxy.manifest.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.EndpointSlice.Port;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MirrorTest {
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: db, namespace: shop}
      spec: {clusterIP: 10.96.0.1, ports: [{name: sql, port: 5432}, {name: admin, port: 80}]}
      ---
      """;

  private static final String ENDPOINTS =
      """
      apiVersion: v1
      kind: Endpoints
      metadata: {name: db, namespace: shop}
      subsets:
      - addresses: [{ip: 192.0.2.6}, {ip: 192.0.2.5, nodeName: worker-1}, {ip: "2001:db8::5"}]
        notReadyAddresses: [{ip: 192.0.2.7}]
        ports: [{name: sql, port: 5432}, {name: admin, port: 8080, protocol: TCP}]
      """;

  private static Port port(String name, int number) {
    return new Port(name, Protocol.TCP, OptionalInt.of(number));
  }

  private static Endpoint endpoint(String ip, boolean ready, String node) {
    return new Endpoint(Ip.of(ip), ready, true, false, node, List.of(), List.of(), "");
  }

  private static EndpointSlice slice(
      int number, Family family, List<Port> ports, Endpoint... endpoints) {
    return new EndpointSlice(
        "shop",
        "db-mirrored-" + number,
        new Location("in.yaml", 6, 1),
        "db",
        false,
        Optional.of(family),
        ports,
        List.of(endpoints));
  }

  @Test
  void makesOneSliceForEachFamily() {
    Input input = Input.of(SERVICE + ENDPOINTS);
    List<Port> ports = List.of(port("sql", 5432), port("admin", 8080));
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().slices())
        .containsExactly(
            slice(
                1,
                Family.IPV4,
                ports,
                endpoint("192.0.2.5", true, "worker-1"),
                endpoint("192.0.2.6", true, ""),
                endpoint("192.0.2.7", false, "")),
            slice(2, Family.IPV6, ports, endpoint("2001:db8::5", true, "")));
  }

  @Test
  void packsSubsetsAnewByWhoHasWhichPort() {
    Input input =
        Input.of(
            SERVICE
                + """
                apiVersion: v1
                kind: Endpoints
                metadata: {name: db, namespace: shop}
                subsets:
                - {addresses: [{ip: 192.0.2.5}], ports: [{name: sql, port: 5432}]}
                - {addresses: [{ip: 192.0.2.5}], ports: [{name: admin, port: 80}]}
                - {notReadyAddresses: [{ip: 192.0.2.6}], ports: [{name: metrics, port: 90}]}
                - {addresses: [{ip: 192.0.2.6}], ports: [{name: metrics, port: 90}]}
                """);
    assertThat(input.manifests().slices())
        .containsExactly(
            slice(
                1,
                Family.IPV4,
                List.of(port("sql", 5432), port("admin", 80)),
                endpoint("192.0.2.5", true, "")),
            slice(2, Family.IPV4, List.of(port("metrics", 90)), endpoint("192.0.2.6", false, "")));
  }

  @Test
  void countsForNothingBesideASliceOfTheService() {
    Input input =
        Input.of(
            SERVICE
                + ENDPOINTS
                + """
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: db-x, namespace: shop, labels: {kubernetes.io/service-name: db}}
                addressType: IPv4
                """);
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().slices()).extracting(EndpointSlice::name).containsExactly("db-x");
  }

  @Test
  void standsInForTheSlicesOfASelectorWithANote() {
    Input input = Input.of(SERVICE.replace("spec: {", "spec: {selector: {a: b}, ") + ENDPOINTS);
    assertThat(input.manifests().slices()).hasSize(2);
    assertThat(input.notes())
        .containsExactly(
            "in.yaml:6:1: note KP405: Endpoints shop/db:"
                + " stands in for the EndpointSlices that a cluster makes by the selector");
  }

  @Test
  void leavesOutWhatALabelOrALeaderElectionTakesOut() {
    String label = "labels: {endpointslice.kubernetes.io/skip-mirror: \"true\"}, name: db";
    String leader = "annotations: {control-plane.alpha.kubernetes.io/leader: x}, name: db";
    for (String metadata : List.of(label, leader)) {
      Input input = Input.of(SERVICE + ENDPOINTS.replace("name: db", metadata));
      assertThat(input.manifests().slices()).isEmpty();
      assertThat(input.notes())
          .containsExactly(
              "in.yaml:6:1: note KP412: Endpoints shop/db:"
                  + " says itself that it is not to be mirrored to slices");
    }
  }

  /// The API server writes the slice of its own Service itself; `kubectl get svc,endpoints` does
  /// not show it.
  @Test
  void standsInForTheSliceOfTheApiServer() {
    String label = "labels: {endpointslice.kubernetes.io/skip-mirror: \"true\"}, name: db";
    String text = SERVICE + ENDPOINTS.replace("name: db", label);
    String other =
        """
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-x, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        """;
    for (String given : List.of(text, text + other, SERVICE + ENDPOINTS + other)) {
      Input input =
          Input.of(given.replace("name: db", "name: kubernetes").replace("shop", "default"));
      assertThat(input.manifests().slices())
          .filteredOn(slice -> slice.service().equals("kubernetes"))
          .hasSize(2);
      assertThat(input.notes())
          .containsExactly(
              "in.yaml:6:1: note KP411: Endpoints default/kubernetes:"
                  + " stands in for the EndpointSlice that the API server makes");
    }
    String own = other.replace("service-name: web", "service-name: kubernetes");
    Input sliced =
        Input.of((text + own).replace("name: db", "name: kubernetes").replace("shop", "default"));
    assertThat(sliced.manifests().slices()).hasSize(1);
    assertThat(sliced.diagnostics()).isEmpty();
  }

  @Test
  void mirrorsTheFirstThousandAddressesOfASubset() {
    StringBuilder addresses = new StringBuilder();
    for (int i = 0; i < 1001; i++) {
      addresses.append(i == 0 ? "" : ", ");
      addresses.append("{ip: 192.0.").append(i / 256).append('.').append(i % 256).append('}');
    }
    Input input =
        Input.of(
            SERVICE
                + """
                apiVersion: v1
                kind: Endpoints
                metadata: {name: db, namespace: shop}
                subsets: [{ports: [{port: 80}], addresses: [%s]}]
                """
                    .formatted(addresses));
    assertThat(input.manifests().slices().getFirst().endpoints())
        .hasSize(1000)
        .extracting(endpoint -> endpoint.ip().toString())
        .doesNotContain("192.0.3.99")
        .contains("192.0.3.98", "192.0.2.99");
    assertThat(input.notes())
        .containsExactly(
            "in.yaml:6:1: note KP412: Endpoints shop/db: subsets:"
                + " only 1000 of 1001 addresses of a subset are mirrored");
  }
}
