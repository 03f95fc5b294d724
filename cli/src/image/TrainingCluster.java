import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/// A cluster large enough for the JVM to learn from which code a large one keeps busy.
///
/// A few of its Services have node ports, load balancers, source ranges, external addresses,
/// affinity or a local policy, and a few of its endpoints are not ready or tell their zone, so that
/// what is learnt holds for other clusters, too.
final class TrainingCluster {
  private static final int SERVICES = 2500;
  private static final int ENDPOINTS = 25;

  /// Of so many Services one is of each rarer kind.
  private static final int KINDS = 100;

  private TrainingCluster() {}

  /// Writes it as JSON, each Service with its EndpointSlice behind it.
  static void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (Writer out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < SERVICES; i++) {
        out.write(service(i));
        out.write(slice(i));
      }
    }
  }

  private static String service(int i) {
    int kind = i % KINDS;
    return """
    {"kind":"Service","apiVersion":"v1","metadata":{"name":"app-%1$s","namespace":"team-%2$s"},"spec":{%3$s,
    "ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080%4$s}],"clusterIP":"%5$s","clusterIPs":["%5$s"],"ipFamilies":["IPv4"]},
    "status":{"loadBalancer":{%6$s}}}
    """
        .formatted(
            i,
            i % 50,
            type(kind, i),
            kind < 3 ? ",\"nodePort\":" + (30000 + i) : "",
            address(10, i),
            kind == 1 || kind == 2
                ? "\"ingress\":[{\"ip\":\"%s\"}]".formatted(address(100, i))
                : "");
  }

  private static String type(int kind, int i) {
    String affinity =
        ",\"sessionAffinity\":\"ClientIP\",\"sessionAffinityConfig\":{\"clientIP\":{\"timeoutSeconds\":600}}";
    return switch (kind) {
      case 0 -> "\"type\":\"NodePort\"" + affinity;
      case 1 -> "\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\"";
      case 2 -> "\"type\":\"LoadBalancer\",\"loadBalancerSourceRanges\":[\"192.0.2.0/24\"]";
      case 3 -> "\"type\":\"ClusterIP\",\"externalIPs\":[\"%s\"]".formatted(address(203, i));
      case 4 -> "\"type\":\"ClusterIP\",\"internalTrafficPolicy\":\"Local\"";
      case 5 -> "\"type\":\"ClusterIP\"" + affinity;
      default -> "\"type\":\"ClusterIP\"";
    };
  }

  private static String slice(int i) {
    StringBuilder endpoints = new StringBuilder();
    for (int e = 0; e < ENDPOINTS; e++) {
      boolean ready = (i + e) % KINDS > 0;
      endpoints
          .append(e == 0 ? "" : ",")
          .append(
              """
              {"addresses":["%s"],"conditions":{"ready":%b,"serving":true,"terminating":%b},"nodeName":"node-%s"%s}
              """
                  .formatted(
                      address(172, i * ENDPOINTS + e),
                      ready,
                      !ready,
                      e,
                      i % 5 == 0 ? ",\"zone\":\"zone-%s\"".formatted(e % 3) : ""));
    }
    return """
    {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
    "metadata":{"name":"app-%1$s-x","namespace":"team-%2$s","labels":{"kubernetes.io/service-name":"app-%1$s"}},
    "addressType":"IPv4","endpoints":[%3$s],"ports":[{"name":"http","protocol":"TCP","port":8080}]}
    """
        .formatted(i, i % 50, endpoints);
  }

  /// The `i`th address that begins with that number.
  private static String address(int first, int i) {
    return "%s.20.%s.%s".formatted(first, i / 250, i % 250 + 1);
  }
}
