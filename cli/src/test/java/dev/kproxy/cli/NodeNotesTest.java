package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a node that is not known well enough, or on which kube-proxy does not start.
class NodeNotesTest {
  private static final String SERVICE =
      """
      {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"},
       "spec": {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"], "ipFamilies": ["IPv4"],
        "ports": [{"port": 80}]}}
      """;

  @TempDir Path folder;

  /// Rules and notes of a run that ends well; with `--strict` the notes are faults.
  private List<String> notes(String input, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("in.json"), input);
    List<String> arguments = new ArrayList<>(List.of("compile", "-f", file.toString()));
    arguments.addAll(List.of(options));
    Kproxy.Result result = Kproxy.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isNotEmpty();
    List<String> notes =
        result.err().lines().filter(line -> line.contains("note KP")).sorted().toList();
    arguments.add("--strict");
    assertThat(Kproxy.run(arguments).exitCode()).isEqualTo(notes.isEmpty() ? 0 : 2);
    return notes.stream().map(line -> line.substring(line.indexOf("note KP"))).toList();
  }

  private static String node(String addresses, String ranges) {
    StringBuilder listed = new StringBuilder();
    for (String address : addresses.split(" ", -1)) {
      listed.append(listed.isEmpty() ? "" : ", ");
      listed.append("{\"type\": \"InternalIP\", \"address\": \"" + address + "\"}");
    }
    return SERVICE
        + """
        {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}, "spec": {%s},
         "status": {"addresses": [%s]}}
        """
            .formatted(ranges.isEmpty() ? "" : "\"podCIDRs\": [\"" + ranges + "\"]", listed);
  }

  @Test
  void saysThatNoNodeTellsTheRangeOfItsPods() throws IOException {
    String mode = "--detect-local-mode=NodeCIDR";
    assertThat(notes(SERVICE, mode))
        .containsExactly(
            "note KP409: detectLocalMode: NodeCIDR, but no Node is given, so no rule tells the"
                + " traffic of the node's Pods");
    assertThat(notes(SERVICE, mode, "--node", "n"))
        .containsExactly(
            "note KP409: detectLocalMode: NodeCIDR, but its Node is not in the input, so no rule"
                + " tells the traffic of the node's Pods");
    assertThat(notes(SERVICE, "--node", "n")).isEmpty();
  }

  /// The first address of the node says which family is its primary one.
  @ParameterizedTest
  @CsvSource({
    "192.168.0.2, '', has none: with detectLocalMode NodeCIDR kube-proxy waits",
    "192.168.0.2, fd00:9::/64, 'has none of IPv4, the node''s primary family'",
    "fd00::2, 10.244.0.0/24, 'has none of IPv6, the node''s primary family'",
    "fd00::2 192.168.0.2, fd00:9::/64, 'has none of IPv4, so no rule tells'"
  })
  void saysThatANodeLacksTheRangeOfItsPods(String addresses, String ranges, String expected)
      throws IOException {
    assertThat(notes(node(addresses, ranges), "--detect-local-mode=NodeCIDR"))
        .singleElement()
        .asString()
        .matches("note KP(409|415): Node n: spec\\.podCIDRs: .*")
        .contains(expected);
    assertThat(notes(node(addresses, ranges))).isEmpty();
  }

  /// As manifests from git are: its first address may be of either family.
  @Test
  void isSilentWhereNobodyTellsTheFamilyOfANode() throws IOException {
    String node =
        """
        {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"},
         "spec": {"podCIDRs": ["fd00:9::/64"]}}
        """;
    assertThat(
            notes(SERVICE + node, "--detect-local-mode=NodeCIDR", "--ip-family=dual").stream()
                .filter(note -> note.contains("KP415")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.0.2, 10.244.0.0/24",
    "192.168.0.2 fd00::2, '10.244.0.0/24\", \"fd00:9::/64'"
  })
  void isSilentWhereANodeHasTheRangeOfItsPods(String addresses, String ranges) throws IOException {
    String mode = "--detect-local-mode=NodeCIDR";
    assertThat(notes(node(addresses, ranges), mode)).isEmpty();
    assertThat(notes(node(addresses, ranges), mode, "--ip-family", "dual")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ipv4, --cluster-cidr=fd00:9::/64, no clusterCIDR but fd00:9::/64",
    "ipv6, --cluster-cidr=10.244.0.0/16, no clusterCIDR but 10.244.0.0/16",
    "ipv4, --bind-address=fd00::2, bindAddress fd00::2",
    "ipv6, --bind-address=192.168.0.2, bindAddress 192.168.0.2"
  })
  void saysThatKubeProxyDoesNotStartOnANodeOfTheOtherFamily(
      String family, String option, String what) throws IOException {
    String name = family.equals("ipv4") ? "IPv4" : "IPv6";
    assertThat(notes(SERVICE, option, "--ip-family", family))
        .containsExactly(
            "note KP415: --ip-family: on a node of "
                + name
                + " alone kube-proxy does not start with "
                + what);
    assertThat(notes(SERVICE, option, "--ip-family", "dual")).isEmpty();
    assertThat(notes(SERVICE, option)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--cluster-cidr=10.244.0.0/16\\,fd00:9::/64",
    "--cluster-cidr=10.244.0.0/16",
    "--bind-address=192.168.0.2",
    "--bind-address=::"
  })
  void isSilentWhereKubeProxyStartsOnANodeOfOneFamily(String option) throws IOException {
    assertThat(notes(SERVICE, option.replace("\\", ""), "--ip-family", "ipv4")).isEmpty();
  }

  private static final String BALANCED =
      SERVICE.replace(
          "\"ports\": [{\"port\": 80}]",
          """
          "type": "LoadBalancer", "loadBalancerSourceRanges": ["192.168.0.0/16"],
          "ports": [{"port": 80, "nodePort": 30080}]\
          """);

  private static final String INGRESS =
      """
      "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.7"}]}}, "spec": {\
      """;

  @Test
  void saysThatTheAddressIsNotKnownThatSourceRangesAskFor() throws IOException {
    String given = BALANCED.replace("\"spec\": {", INGRESS);
    assertThat(notes(given))
        .containsExactly(
            "note KP409: Service shop/web: spec.loadBalancerSourceRanges: whether they let the node"
                + " itself in is open, since its own IPv4 address is not told; --node-ip tells it");
    assertThat(notes(given, "--node-ip", "fd00::2")).hasSize(1);
    assertThat(notes(given, "--node-ip", "192.168.0.2")).isEmpty();
    assertThat(notes(given, "--bind-address", "192.168.0.2")).isEmpty();
    assertThat(notes(given.replace("192.168.0.0/16", "0.0.0.0/0"))).isEmpty();
    assertThat(notes(BALANCED)).isEmpty();
  }

  /// In mode ipvs, IpvsModeTest has the like.
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, true",
    "192.168.0.0/16, false",
    "127.0.0.0/8, false",
    "0.0.0.0/0, false",
    "fd00::/8, false"
  })
  void saysThatNoKnownAddressTakesNodePorts(String ranges, boolean expected) throws IOException {
    String option = "--nodeport-addresses=" + ranges;
    String note =
        "note KP409: --node-ip: no known IPv4 address of the node takes node ports, so no rule"
            + " leads to them; --node-ip and --addresses name more";
    List<String> expectedNotes = expected ? List.of(note) : List.of();
    assertThat(notes(BALANCED, option, "--node-ip", "192.168.0.2")).isEqualTo(expectedNotes);
    assertThat(notes(SERVICE, option, "--node-ip", "192.168.0.2")).isEmpty();
    assertThat(notes(BALANCED, option, "--node-ip", "192.168.0.2", "--node-address", "10.0.0.2"))
        .isEmpty();
  }

  @Test
  void saysThatLoopbackTakesNoNodePortsWhereItIsNotWanted() throws IOException {
    String[] options = {"--nodeport-addresses=127.0.0.0/8", "--iptables-localhost-nodeports=false"};
    assertThat(notes(BALANCED, options)).singleElement().asString().contains("no known IPv4");
  }

  @Test
  void saysThatThePrimaryAddressForNodePortsIsNotKnown() throws IOException {
    String option = "--nodeport-addresses=primary";
    assertThat(notes(BALANCED, option))
        .containsExactly(
            "note KP409: --node-ip: nodePortAddresses is primary, but which IPv4 address of the"
                + " node that is, is not told, so all of them take node ports");
    assertThat(notes(BALANCED, option, "--node-ip", "192.168.0.2")).isEmpty();
    assertThat(notes(SERVICE, option)).isEmpty();
  }

  @Test
  void saysThatTheZoneIsNotKnownThatHintsAskFor() throws IOException {
    String hinted =
        SERVICE
            + """
            {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
             "metadata": {"name": "web-1", "namespace": "shop",
              "labels": {"kubernetes.io/service-name": "web"}},
             "addressType": "IPv4", "ports": [{"port": 80}], "endpoints": [
              {"addresses": ["10.1.0.1"], "hints": {"forZones": [{"name": "z1"}]}}]}
            """;
    String note =
        "note KP409: Service shop/web: its endpoints carry hints for zones, but no Node tells the"
            + " zone of \"n\"";
    assertThat(notes(hinted, "--node", "n")).containsExactly(note);
    assertThat(notes(hinted, "--node", "n", "--node-ip", "192.168.0.2")).containsExactly(note);
    assertThat(notes(hinted.replace("forZones", "forNodes"), "--node", "n")).isEmpty();
    String local = "\"internalTrafficPolicy\": \"Local\", \"clusterIP\"";
    assertThat(notes(hinted.replace("\"clusterIP\"", local), "--node", "n")).isEmpty();
    String known = node("192.168.0.2", "").substring(SERVICE.length());
    assertThat(notes(hinted + known, "--node", "n")).isEmpty();
  }
}
