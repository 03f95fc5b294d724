package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings of a module that is loaded when rules ask for it, as those of nf_conntrack.
class SettingsTest {
  private static final String NAME = "net.ipv4.conf.all.route_localnet";

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// A host that does not know the setting before rules are loaded, be it into a scratch namespace.
  private record Loading(Host host, AtomicBoolean loaded) implements RelayedHost {
    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      if (call.tool().equals("sysctl") && !loaded.get()) {
        return new ToolResult(
            1, "", "sysctl: cannot stat /proc/sys/" + NAME.replace('.', '/') + ": No such file\n");
      }
      ToolResult result = host.run(call);
      if (call.tool().endsWith("-restore")) {
        loaded.set(true);
      }
      return result;
    }

    @Override
    public Scratch scratch() throws HostFault {
      return scratch(inside -> new Loading(inside, loaded));
    }
  }

  @Test
  void writesWhatTheRehearsalBrings() throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = new Loading(namespace.host(directory.resolve("guard")), new AtomicBoolean());
      Operations operations = HostChange.operations(host, store);
      assertThat(operations.apply(Clusters.one(), HostChange.settings(Backend.NFT)).end())
          .isEqualTo(End.DONE);
      assertThat(namespace.sh("sysctl -n " + NAME).strip()).isEqualTo("1");
      assertThat(operations.status().findings()).isEmpty();
    }
  }
}
