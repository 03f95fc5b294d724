package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A network namespace is gone, and the kernel has given its number to another one, which finds its
/// state.
class SuccessorTest {
  private static final Settings NFT = HostChange.settings(Backend.NFT);

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// A host with the number of another one.
  private record Successor(Host host, String number) implements RelayedHost {
    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      return host.run(call);
    }

    @Override
    public Identity identity() throws HostFault {
      Identity own = host.identity();
      return new Identity(number, own.sure(), own.boot(), own.life());
    }
  }

  private static final class Notes implements Progress {
    private final List<String> notes = new ArrayList<>();

    @Override
    public void step(String what) {}

    @Override
    public void note(String what) {
      notes.add(what);
    }

    @Override
    public void begin() {}
  }

  private Host host(Namespace namespace) {
    return namespace.host(directory.resolve("guard"));
  }

  private static Operations operations(Host host, StateDirectory store) {
    return new Operations(host, store, Progress.NONE, (_, _) -> {});
  }

  @Test
  void eachNamespaceHasALifeOfItsOwn() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        Namespace two = Namespace.open()) {
      assertThat(host(one).identity()).isEqualTo(host(one).identity());
      assertThat(host(one).identity().life())
          .matches("[0-9]+")
          .isNotEqualTo(host(two).identity().life());
    }
  }

  @Test
  void rulesOfANamespaceThatIsGoneAreNoPlaceToGoBackTo() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        Namespace two = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      operations(host(one), store).apply(Clusters.one(), NFT);
      Host successor = new Successor(host(two), host(one).identity().namespace());
      Notes notes = new Notes();
      Operations operations = new Operations(successor, store, notes, (_, _) -> {});
      assertThat(operations.status().installed()).isEmpty();
      assertThat(operations.status().findings()).isEmpty();
      assertThat(notes.notes)
          .contains(
              "what was applied here was in another network namespace, which is gone and had the"
                  + " same number");
      assertThatThrownBy(() -> operations.rollback(NFT, Optional.empty()))
          .hasMessage("nothing is applied here");
      assertThat(operations.apply(Clusters.two(), NFT).end()).isEqualTo(End.DONE);
      operations.rollback(NFT, Optional.empty());
      assertThat(two.tables("nft")).isEmpty();
    }
  }

  @Test
  void recoversNothingThere() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        Namespace two = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      operations(host(one), store).apply(Clusters.one(), NFT);
      String number = host(one).identity().namespace();
      Operations operations = operations(new Successor(host(two), number), store);
      assertThat(operations.recover(NFT).end()).isEqualTo(End.UNCHANGED);
      assertThat(two.tables("nft")).isEmpty();
      assertThat(store.names()).containsExactly("lock");
    }
  }

  /// A container's own namespace is its `host` each time that it starts.
  @Test
  void recoversTheHostAsAfterABoot() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        Namespace two = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      operations(new Successor(host(one), "host"), store).apply(Clusters.one(), NFT);
      Operations operations = operations(new Successor(host(two), "host"), store);
      assertThat(operations.status().findings())
          .singleElement()
          .hasToString("host: booted since; kproxy recover puts back what was applied");
      operations.recover(NFT);
      assertThat(two.tables("nft")).isEqualTo(one.tables("nft"));
    }
  }

  @Test
  void believesARecordThatNamesTheBootAlone() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      operations(host(one), store).apply(Clusters.one(), NFT);
      State state = new State(store);
      state.record(HostImage.at(host(one).identity().boot(), state.current().orElseThrow()));
      Operations operations = operations(host(one), store);
      assertThat(operations.status().installed()).isPresent();
      assertThat(operations.status().findings()).isEmpty();
    }
  }

  @Test
  void knowsAFlushedNamespaceForItsOwn() throws HostFault, IOException {
    try (Namespace one = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Operations operations = operations(host(one), store);
      operations.apply(Clusters.one(), NFT);
      one.sh("nft flush ruleset");
      assertThat(operations.status().findings()).isNotEmpty();
      assertThat(operations.apply(Clusters.one(), NFT).end()).isEqualTo(End.DONE);
      assertThat(operations.status().findings()).isEmpty();
    }
  }
}
