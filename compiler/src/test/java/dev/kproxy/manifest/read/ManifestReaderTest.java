package dev.kproxy.manifest.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.FamilyPolicy;
import dev.kproxy.manifest.Service.Policy;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Protocol;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ManifestReaderTest {
  private static final String WEB =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
      """;

  @Test
  void fillsInWhatTheApiServerFillsIn() {
    Input input =
        Input.of(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {clusterIP: 10.96.0.1, ports: [{port: 80}], sessionAffinity: ClientIP}
            """);
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().services())
        .containsExactly(
            new Service(
                "default",
                "web",
                new Location("in.yaml", 1, 1),
                Service.Type.CLUSTER_IP,
                false,
                List.of(Ip.of("10.96.0.1")),
                List.of(Family.IPV4),
                FamilyPolicy.SINGLE_STACK,
                List.of(new ServicePort("", Protocol.TCP, 80, 0)),
                List.of(),
                List.of(),
                List.of(),
                Policy.CLUSTER,
                Policy.CLUSTER,
                OptionalInt.of(10800),
                0,
                true,
                false,
                false));
  }

  @Test
  void givesPortsOfOneNumberTheFirstNodePortAmongThem() {
    Input input =
        Input.of(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              clusterIP: 10.96.0.1
              ports:
              - {name: a, port: 53, protocol: UDP}
              - {name: b, port: 53, protocol: TCP, nodePort: 30053}
              - {name: c, port: 54}
            """);
    assertThat(input.manifests().services().getFirst().ports())
        .containsExactly(
            new ServicePort("a", Protocol.UDP, 53, 30053),
            new ServicePort("b", Protocol.TCP, 53, 30053),
            new ServicePort("c", Protocol.TCP, 54, 0));
  }

  @Test
  void takesConditionsThatAreNotGivenAsKubeProxyDoes() {
    Input input =
        Input.of(
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            endpoints:
            - addresses: [10.244.1.5]
              targetRef: {kind: Node, name: worker-2}
            - addresses: [10.244.1.6]
              targetRef: {kind: Pod, name: web-7d4}
              conditions: {ready: false, terminating: true}
              nodeName: worker-1
              hints: {forZones: [{name: eu-1a}], forNodes: [{name: worker-1}]}
            ports: [{port: 8080}, {name: all}, {name: none, port: 0}]
            """);
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().slices().getFirst().endpoints())
        .containsExactly(
            new Endpoint(Ip.of("10.244.1.5"), true, true, false, "", List.of(), List.of(), ""),
            new Endpoint(
                Ip.of("10.244.1.6"),
                false,
                true,
                true,
                "worker-1",
                List.of("eu-1a"),
                List.of("worker-1"),
                "shop/web-7d4"));
    assertThat(input.manifests().slices().getFirst().ports())
        .extracting(port -> port.port())
        .containsExactly(OptionalInt.of(8080), OptionalInt.empty(), OptionalInt.empty());
  }

  @Test
  void countsIdenticalCopiesOnceWhateverTheOrderOfTheirFields() {
    String other =
        """
        ---
        kind: Service
        spec: {"ports": [{"port": 80}], "clusterIP": "10.96.0.1"}
        apiVersion: v1
        metadata: {namespace: shop, name: web}
        """;
    Input input = Input.of(WEB + other);
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().services()).hasSize(1);
  }

  @Test
  void takesCopiesWithAndWithoutTheDefaultNamespaceAsOne() {
    String named = WEB.replace("shop", "default");
    for (String metadata : List.of("{name: web}", "{name: web, namespace: \"\"}")) {
      String unnamed = WEB.replace("{name: web, namespace: shop}", metadata);
      for (String text : List.of(named + "---\n" + unnamed, unnamed + "---\n" + named)) {
        Input input = Input.of(text);
        assertThat(input.diagnostics()).isEmpty();
        assertThat(input.manifests().services()).hasSize(1);
      }
    }
  }

  /// The API server keeps one set of node ports, whatever the protocol; a Service may have one of
  /// them for TCP and UDP both, as DNS does.
  @Test
  void givesANodePortToOneServiceWhateverTheProtocol() {
    String dns =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: dns, namespace: shop}
        spec:
          type: NodePort
          clusterIP: 10.96.0.2
          ports: [{name: a, port: 53, nodePort: 30053}, {name: b, port: 53, protocol: UDP, nodePort: 30053}]
        ---
        """;
    String other = WEB.replace("spec: {", "spec: {type: NodePort, ");
    assertThat(Input.of(dns + other).diagnostics()).isEmpty();
    assertThat(
            Input.of(dns + other.replace("80}", "80, protocol: SCTP, nodePort: 30053}")).errors())
        .containsExactly(
            "in.yaml:9:1: error KP209: Service shop/web: spec.ports[0].nodePort: node port 30053 is"
                + " taken: Service shop/dns has it");
  }

  @Test
  void givesAHealthCheckNodePortToNothingElse() {
    String balanced =
        WEB.replace(
            "spec: {",
            "spec: {type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30001,"
                + " ");
    String udp = "80, protocol: UDP, nodePort: 30001}";
    assertThat(Input.of(balanced.replace("80}", udp)).errors())
        .containsExactly(
            "in.yaml:1:1: error KP209: Service shop/web: spec.healthCheckNodePort: node port 30001"
                + " is taken: a port of the Service has it");
    String other =
        WEB.replace("name: web", "name: api")
            .replace("10.96.0.1", "10.96.0.2")
            .replace("spec: {", "spec: {type: NodePort, ")
            .replace("80}", udp);
    assertThat(Input.of(balanced + "---\n" + other).errors())
        .containsExactly(
            "in.yaml:6:1: error KP209: Service shop/api: spec.ports[0].nodePort: node port 30001 is"
                + " taken: Service shop/web has it");
  }

  @Test
  void refusesCopiesThatDifferInAFieldOfNoImportance() {
    Input input = Input.of(WEB + "---\n" + WEB.replace("shop}", "shop, uid: x}"));
    assertThat(input.errors())
        .containsExactly(
            "in.yaml:6:1: error KP111: Service shop/web: given with other content at in.yaml:1:1");
  }

  @Test
  void saysOfAFaultyObjectOnlyOnceThatItIsFaulty() {
    String bad = WEB.replace("80", "0");
    assertThat(Input.of(bad + "---\n" + bad).errors())
        .containsExactly(
            "in.yaml:4:45: error KP202: Service shop/web: spec.ports[0].port:"
                + " 0 is not between 1 and 65535");
  }

  @Test
  void readsObjectsOfANamespaceThatIsTooLongForAnyApiServer() {
    String namespace = "n".repeat(64);
    Input input = Input.of(WEB.replace("shop", namespace).replace("web", "w".repeat(64)));
    assertThat(input.errors()).isEmpty();
    assertThat(input.manifests().services()).hasSize(1);
    assertThat(Input.of(WEB.replace("web", "w".repeat(64))).errors()).hasSize(1);
  }

  @Test
  void handsOnTheConfigurationAsItStands() {
    Input input =
        Input.of(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kube-proxy, namespace: kube-system}
            data: {config.conf: "mode: ipvs"}
            """);
    assertThat(input.diagnostics()).isEmpty();
    assertThat(input.manifests().configuration()).isPresent();
    Value.Mapping document = input.manifests().configuration().orElseThrow().document();
    assertThat(document.get("data")).isPresent();
  }

  /// kubectl reads such an object, and the last one counts.
  @Test
  void leavesKeysThatStandTwiceToWhoReadsTheObject() {
    String twice = "apiVersion: %s\nkind: %s\nmetadata: {name: a}\nspec: {b: 1, b: 2}\n---\n";
    String service = twice.formatted("v1", "Service");
    String fault = "error KP105: \"b\" stands twice in this mapping, first in line ";

    Input skipped = Input.of(twice.formatted("apps/v1", "Deployment"));
    assertThat(skipped.lines())
        .containsExactly("note KP402: skipped, since they make no rules: 1 Deployment");

    assertThat(Input.of(twice.formatted("apps/v1", "Deployment") + service).errors())
        .contains("in.yaml:9:14: " + fault + "9");
    assertThat(Input.of(service + twice.formatted("apps/v1", "Deployment")).errors())
        .contains("in.yaml:4:14: " + fault + "4");
    String list = "apiVersion: v1\nkind: List\nitems:\n- {kind: A, apiVersion: v1, b: 1, b: 2}\n";
    assertThat(Input.of(list).errors()).isEmpty();
    assertThat(Input.of(list.replace("kind: A", "kind: Service")).errors())
        .contains("in.yaml:4:41: " + fault + "4");
  }

  @Test
  void takesTheConfigurationOfAnEksClusterAndPointsAtOthers() {
    String configMap =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: %s, namespace: kube-system}
        data: {%s: "%s"}
        ---
        """;
    String text = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\\nkind: KubeProxyConfiguration";

    Input eks =
        Input.of(
            configMap.formatted("kube-proxy", "kubeconfig", "kind: Config")
                + configMap.formatted("kube-proxy-config", "config", text));
    assertThat(eks.manifests().configuration().map(it -> it.location().line())).contains(6);
    assertThat(eks.notes())
        .containsExactly("note KP402: skipped, since they make no rules: 1 ConfigMap");

    Input gardener = Input.of(configMap.formatted("kube-proxy-config-5c1a", "config.yaml", text));
    assertThat(gardener.manifests().configuration()).isEmpty();
    assertThat(gardener.notes())
        .containsExactly(
            "in.yaml:1:1: note KP412: ConfigMap kube-system/kube-proxy-config-5c1a: holds a"
                + " KubeProxyConfiguration under another name: only --config takes it",
            "note KP402: skipped, since they make no rules: 1 ConfigMap");
  }

  @Test
  void refusesASecondConfigurationUnlessItIsTheSame() {
    String first =
        """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        mode: ipvs
        """;
    assertThat(Input.of(first + "---\n" + first).diagnostics()).isEmpty();
    assertThat(Input.of(first + "---\n" + first.replace("ipvs", "nftables")).errors())
        .containsExactly(
            "in.yaml:5:1: error KP111: KubeProxyConfiguration:"
                + " kube-proxy has one, and another with other content is at in.yaml:1:1");
  }

  @Test
  void notesAnUnknownFieldOnceForAllObjectsOfAKind() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      text.append("---\n")
          .append(WEB.replace("web", "web" + i).replace("0.1", "0." + i))
          .append("extra: true\n");
    }
    assertThat(Input.of(text.toString()).notes())
        .containsExactly(
            "in.yaml:6:1: note KP401: Service shop/web1: extra:"
                + " unknown to Kubernetes 1.36, and passed over");
  }

  @Test
  void showsFiftyNotesOfACodeAndCountsTheOthers() {
    StringBuilder text = new StringBuilder(WEB);
    for (int i = 0; i < 60; i++) {
      text.append("extra").append(i).append(": true\n");
    }
    List<String> notes = Input.of(text.toString()).notes();
    assertThat(notes).hasSize(51);
    assertThat(notes.getLast()).isEqualTo("note KP401: and 10 more notes of this code");
  }

  @Test
  void tellsHowManyObjectsItWasGiven() {
    ManifestReader reader = new ManifestReader(_ -> {});
    assertThat(reader.objects()).isZero();
    reader.accept(new Value.Mapping(List.of(), 1, 1), "in.yaml");
    assertThat(reader.objects()).isEqualTo(1);
  }
}
