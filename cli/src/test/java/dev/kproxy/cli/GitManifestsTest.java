package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of manifests as they stand in a repository: as much as helps, and no more.
class GitManifestsTest {
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: %s}
      spec: {selector: {app: web}, ports: [{port: 80}]}
      ---
      """;

  private static final String SLICE =
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      endpoints: [{addresses: [10.244.0.5]}]
      ports: [{port: 80}]
      """;

  private static final String SERVICES = SERVICE.formatted("web") + SERVICE.formatted("api");

  @TempDir Path folder;

  private List<String> notes(String text, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("f.yaml"), text);
    String[] all = new String[3 + options.length];
    all[0] = "compile";
    all[1] = "-f";
    all[2] = file.toString();
    System.arraycopy(options, 0, all, 3, options.length);
    Kproxy.Result result = Kproxy.run(all);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.err().lines().map(line -> line.replace(file + ":", "f:")).toList();
  }

  @Test
  void saysOfAServiceWithoutAnAddressNothingElse() throws IOException {
    assertThat(notes(SERVICES))
        .containsExactly(
            "f:1:1: note KP403: Service default/web: spec.clusterIP: not given by a cluster yet, so"
                + " it makes no rules; --allocate gives one",
            "f:6:1: note KP403: Service default/api: spec.clusterIP: not given by a cluster yet, so"
                + " it makes no rules; --allocate gives one");
  }

  @Test
  void saysOnceThatThereAreNoEndpointSlices() throws IOException {
    assertThat(notes(SERVICES, "--allocate", "10.96.0.0/16"))
        .hasSize(3)
        .contains(
            "note KP404: no EndpointSlice in the input: traffic to its 2 Services with a selector"
                + " is rejected");
  }

  @Test
  void namesTheServiceThatIsLeftWithoutEndpoints() throws IOException {
    assertThat(notes(SERVICES + SLICE, "--allocate", "10.96.0.0/16"))
        .hasSize(3)
        .contains(
            "f:6:1: note KP404: Service default/api: spec.selector: no EndpointSlice of the input"
                + " belongs to it: traffic to such a Service is rejected");
  }
}
