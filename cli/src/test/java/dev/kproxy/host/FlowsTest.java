package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.state.StateDirectory;
import dev.kproxy.net.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// UDP flows to endpoints that serve no more are ended, and no others: the rules of kube-proxy's
/// `CleanStaleEntries`, on the kernel's own table.
class FlowsTest {
  private static final Settings SETTINGS = HostChange.settings(Backend.NFT);

  @TempDir private Path directory;
  private Namespace namespace;
  private StateDirectory store;
  private Operations operations;

  @BeforeEach
  void open() throws HostFault, IOException {
    Namespace.require();
    if (!"1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/conntrack")));
    }
    namespace = Namespace.open();
    store = StateDirectory.open(directory.resolve("state"), "root");
    Host host = namespace.host(directory.resolve("guard"));
    operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
  }

  @AfterEach
  void close() {
    store.close();
    namespace.close();
  }

  /// The rules of one target, with these Service ports.
  private static Target served(Target rules, ServicePort... services) {
    return new Target(
        rules.source() + List.of(services).hashCode(),
        rules.label(),
        rules.rules(),
        rules.sysctls(),
        rules.counters(),
        rules.balancer(),
        List.of(services));
  }

  private static ServicePort dns(String... serving) {
    return new ServicePort(
        "kube-system/kube-dns:dns",
        Protocol.UDP,
        Set.of("10.96.0.10:53", "*:30053"),
        Set.of(serving));
  }

  private static ServicePort dns6(String... serving) {
    return new ServicePort(
        "kube-system/kube-dns:dns",
        Protocol.UDP,
        Set.of("[fd00:10::a]:53", "*:30053"),
        Set.of(serving));
  }

  private void flow(String protocol, String from, String to, int port, String endpoint) {
    String state = protocol.equals("tcp") ? " --state ESTABLISHED" : "";
    namespace.sh(
        "conntrack -I -p %s -s %s -d %s --sport 1000 --dport %d --reply-src %s --reply-dst %s --reply-port-src 53 --reply-port-dst 1000 -t 100%s 2>&1"
            .formatted(protocol, from, to, port, endpoint, from, state));
  }

  private List<String> flows() {
    return namespace
        .sh("for f in ipv4 ipv6; do conntrack -L -f $f 2>/dev/null; done")
        .lines()
        .map(line -> line.replaceFirst("(\\w+) .*? src=(\\S+) .*", "$1 $2"))
        .sorted()
        .toList();
  }

  @Test
  void endsUdpFlowsToEndpointsThatServeNoMore() throws HostFault {
    operations.apply(served(Clusters.one(), dns("10.244.0.1:53", "10.244.0.2:53")), SETTINGS);
    flow("udp", "10.1.0.1", "10.96.0.10", 53, "10.244.0.1");
    flow("udp", "10.1.0.2", "10.96.0.10", 53, "10.244.0.2");
    flow("udp", "10.1.0.3", "192.168.0.1", 30053, "10.244.0.1");
    flow("udp", "10.1.0.4", "192.168.0.1", 30053, "10.244.0.2");
    flow("udp", "10.1.0.5", "10.96.0.10", 54, "10.244.0.1");
    flow("udp", "10.1.0.6", "10.96.0.11", 53, "10.244.0.1");
    flow("tcp", "10.1.0.7", "10.96.0.10", 53, "10.244.0.1");

    Target next = served(Clusters.two(), dns("10.244.0.2:53"));
    assertThat(operations.plan(next, SETTINGS).plan().flows()).isTrue();
    assertThat(operations.apply(next, SETTINGS).end()).isEqualTo(Outcome.End.DONE);
    assertThat(flows())
        .containsExactly(
            "tcp 10.1.0.7", "udp 10.1.0.2", "udp 10.1.0.4", "udp 10.1.0.5", "udp 10.1.0.6");
    assertThat(operations.apply(next, SETTINGS).end()).isEqualTo(Outcome.End.UNCHANGED);
  }

  @Test
  void endsThemWhereNoRuleChanges() throws HostFault {
    operations.apply(served(Clusters.one(), dns("10.244.0.1:53", "10.244.0.2:53")), SETTINGS);
    flow("udp", "10.1.0.1", "10.96.0.10", 53, "10.244.0.1");
    Outcome outcome = operations.apply(served(Clusters.one(), dns("10.244.0.2:53")), SETTINGS);
    assertThat(outcome.end()).isEqualTo(Outcome.End.DONE);
    assertThat(outcome.plan().tables()).isEmpty();
    assertThat(flows()).isEmpty();
  }

  /// A client that goes on sending has the next flow before anybody looks.
  @Test
  void flowThatStaysStopsNothing() throws HostFault {
    operations.apply(served(Clusters.one(), dns("10.244.0.1:53")), SETTINGS);
    flow("udp", "10.1.0.3", "192.168.0.1", 30053, "10.244.0.1");
    Host host = namespace.host(directory.resolve("guard"));
    Host kept =
        new Altered(
            host,
            call -> call.arguments().contains("-D"),
            0,
            (_, _) -> new ToolResult(0, "", "conntrack: 1 flow entries have been deleted."));
    Outcome outcome =
        new Operations(kept, store, Progress.NONE, (_, _) -> {})
            .apply(served(Clusters.two(), dns("10.244.0.2:53")), SETTINGS);
    assertThat(outcome.end()).isEqualTo(Outcome.End.DONE);
    assertThat(flows()).containsExactly("udp 10.1.0.3");
  }

  @Test
  void keepsFlowsOfAServiceThatNobodyServes() throws HostFault {
    operations.apply(served(Clusters.one(), dns("10.244.0.1:53")), SETTINGS);
    flow("udp", "10.1.0.1", "10.96.0.10", 53, "10.244.0.1");
    operations.apply(served(Clusters.two(), dns()), SETTINGS);
    assertThat(flows()).containsExactly("udp 10.1.0.1");
  }

  @Test
  void keepsTheFamiliesApart() throws HostFault {
    operations.apply(
        served(Clusters.one(), dns("10.244.0.1:53"), dns6("[fd00:1::1]:53")), SETTINGS);
    flow("udp", "10.1.0.1", "192.168.0.1", 30053, "10.244.0.1");
    flow("udp", "fd00:2::1", "fd00:10::a", 53, "fd00:1::1");
    flow("udp", "fd00:2::2", "fd00:3::1", 30053, "fd00:1::1");
    operations.apply(served(Clusters.two(), dns(), dns6("[fd00:1::2]:53")), SETTINGS);
    assertThat(flows()).containsExactly("udp 10.1.0.1");
  }
}
