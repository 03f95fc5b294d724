package dev.kproxy.host.flow;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ends UDP flows that the kernel would go on sending to endpoints that serve no more: it decides
/// where a flow goes with the flow's first packet, and UDP has no last one.
///
/// A flow is stale where it was sent to a Service port and its answers come from none of the
/// endpoints that serve it; policies and hints do not matter. A Service port that nobody serves
/// keeps its flows. Flows of TCP and SCTP end by themselves.
///
/// Source: `CleanStaleEntries` in `pkg/proxy/conntrack/cleanup.go` of Kubernetes 1.36.
public final class StaleFlows {
  private static final String TOOL = "conntrack";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Pattern FLOW =
      Pattern.compile(
          "udp\\s.*?\\bdst=(\\S+) sport=\\d+ dport=(\\d+)"
              + ".*?\\bsrc=(\\S+) dst=\\S+ sport=(\\d+) dport=\\d+.*");

  private final Host host;
  private final Map<String, Set<String>> byAddress = new HashMap<>();

  /// What flows have in common that go the same way.
  private record Way(Ip to, int port, Ip from, int fromPort) {
    @Override
    public String toString() {
      return to.withPort(port) + " answered by " + from.withPort(fromPort);
    }
  }

  private StaleFlows(Host host, Family family, Collection<ServicePort> services) {
    this.host = host;
    services.stream()
        .filter(service -> service.family() == family && hasFlows(service))
        .forEach(service -> service.at().forEach(at -> byAddress.put(at, service.serving())));
  }

  /// Whether flows of a Service port can be stale.
  public static boolean hasFlows(ServicePort service) {
    return service.protocol() == Protocol.UDP && !service.serving().isEmpty();
  }

  /// Why flows cannot be seen here; empty where they can.
  public static Optional<String> obstacle(Host host) throws HostFault {
    if (!host.has(TOOL)) {
      return Optional.of(TOOL + " is not installed");
    }
    ToolCall list = list(Family.IPV4).keeping(_ -> false);
    ToolResult result = host.run(list);
    return result.status() == 0 ? Optional.empty() : Optional.of(result.fault(list).getMessage());
  }

  /// Ends all stale flows, once: a client that goes on sending begins the next one at once, which
  /// the new rules decide about.
  ///
  /// @return flows that are there all the same, in words
  public static List<String> end(Host host, Collection<ServicePort> services) throws HostFault {
    List<String> left = new ArrayList<>();
    for (Family family : Family.values()) {
      StaleFlows flows = new StaleFlows(host, family, services);
      if (!flows.byAddress.isEmpty()) {
        left.addAll(flows.end(family));
      }
    }
    return left;
  }

  private List<String> end(Family family) throws HostFault {
    Set<Way> stale = stale(family);
    for (Way way : stale) {
      // It ends with 1 where the flow has ended by itself meanwhile; what is left is seen below.
      host.run(delete(family, way));
    }
    if (!stale.isEmpty()) {
      stale.retainAll(stale(family));
    }
    return stale.stream().map(Way::toString).toList();
  }

  private Set<Way> stale(Family family) throws HostFault {
    Set<Way> stale = new LinkedHashSet<>();
    // A host may have millions of flows: each line is read as it comes, and none is kept.
    host.require(
        list(family)
            .keeping(
                line -> {
                  way(line).filter(this::isStale).ifPresent(stale::add);
                  return false;
                }));
    return stale;
  }

  private static Optional<Way> way(String line) {
    Matcher flow = FLOW.matcher(line);
    if (!flow.matches()) {
      return Optional.empty();
    }
    Optional<Ip> to = Ip.parse(flow.group(1));
    Optional<Ip> from = Ip.parse(flow.group(3));
    return to.isEmpty() || from.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Way(
                to.get(),
                Integer.parseInt(flow.group(2)),
                from.get(),
                Integer.parseInt(flow.group(4))));
  }

  private boolean isStale(Way way) {
    String answering = way.from().withPort(way.fromPort());
    return List.of(way.to().withPort(way.port()), "*:" + way.port()).stream()
        .map(byAddress::get)
        .anyMatch(serving -> serving != null && !serving.contains(answering));
  }

  private static ToolCall list(Family family) {
    return ToolCall.reading(TOOL, "-L", "-f", name(family), "-p", "udp").within(LIMIT);
  }

  private static ToolCall delete(Family family, Way way) {
    // It prints each flow that it deletes.
    return ToolCall.writing(
            TOOL,
            "-D",
            "-f",
            name(family),
            "-p",
            "udp",
            "--orig-dst",
            way.to().toString(),
            "--orig-port-dst",
            Integer.toString(way.port()),
            "--reply-src",
            way.from().toString(),
            "--reply-port-src",
            Integer.toString(way.fromPort()))
        .keeping(_ -> false);
  }

  private static String name(Family family) {
    return family == Family.IPV4 ? "ipv4" : "ipv6";
  }
}
