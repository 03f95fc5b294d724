package dev.kproxy.host.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.Scripted;
import dev.kproxy.host.ToolCall;
import dev.kproxy.net.Protocol;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A busy host has more flows than kproxy has room for.
class ManyFlowsTest {
  private static final String SERVED =
      "udp 17 30 src=10.1.0.1 dst=10.96.0.10 sport=1000 dport=53"
          + " src=10.244.0.2 dst=10.1.0.1 sport=53 dport=1000 mark=0 use=1\n";

  private static final String STALE = SERVED.replace("10.244.0.2", "10.244.0.1");

  private boolean ended;

  private String print(ToolCall call) {
    ended |= call.writes();
    return ended ? SERVED.repeat(1000) : SERVED.repeat(500) + STALE + SERVED.repeat(500);
  }

  @Test
  void areReadOneByOne() throws HostFault {
    Scripted host = new Scripted(this::print);
    assertThat(StaleFlows.obstacle(host)).isEmpty();
    StaleFlows.end(
        host,
        List.of(
            new ServicePort(
                "kube-system/kube-dns:dns",
                Protocol.UDP,
                Set.of("10.96.0.10:53"),
                Set.of("10.244.0.2:53"))));
    assertThat(host.written())
        .singleElement()
        .satisfies(call -> assertThat(call.arguments()).contains("-D", "10.244.0.1"));
  }
}
