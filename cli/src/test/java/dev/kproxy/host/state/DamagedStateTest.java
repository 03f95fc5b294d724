package dev.kproxy.host.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Backend;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Records of the state directory with each byte changed and each length cut: they open as what was
/// written, or not at all.
class DamagedStateTest {
  private static final TableKey NAT = new TableKey(Family.IPV4, "nat");

  private static final Installed INSTALLED =
      new Installed(
          "0123456789abcdef",
          "a".repeat(64),
          Optional.of("b".repeat(64)),
          "c".repeat(64),
          "6f1eb6cc-75ed-4799-b93b-e8588d1a6c9c",
          Map.of(NAT, "0123456789abcdef"),
          Map.of("net.ipv4.conf.all.route_localnet", "0"),
          List.of("one", "two"),
          Optional.of(
              new Deadline(
                  Instant.parse("2026-11-21T20:00:00Z"),
                  Optional.of(Duration.ofMillis(72_914_240)))));

  private static final Transaction TRANSACTION =
      new Transaction(
          "apply",
          "6f1eb6cc-75ed-4799-b93b-e8588d1a6c9c",
          "a".repeat(64),
          "b".repeat(64),
          Map.of(NAT, new Marker.Swap(Optional.empty(), Optional.of("0123456789abcdef"), true)),
          Map.of("net.ipv4.conf.all.route_localnet", new Transaction.Written("0", "1")),
          List.of("one"),
          List.of("two"),
          true,
          Duration.ofSeconds(10),
          Optional.of(INSTALLED));

  /// A store in memory.
  private static final class Memory implements Store {
    private final Map<String, byte[]> files = new TreeMap<>();

    @Override
    public Optional<byte[]> read(String name) {
      return Optional.ofNullable(files.get(name));
    }

    @Override
    public void write(String name, byte[] content) {
      files.put(name, content);
    }

    @Override
    public void delete(String name) {
      files.remove(name);
    }

    @Override
    public List<String> names() {
      return List.copyOf(files.keySet());
    }

    @Override
    public Lock lock(Duration limit) {
      return () -> {};
    }

    @Override
    public Optional<Lock> tryLock() {
      return Optional.of(() -> {});
    }
  }

  private final Memory store = new Memory();
  private final State state = new State(store);

  @Test
  void recordsOpenAsWhatWasWritten() throws HostFault {
    state.record(INSTALLED);
    state.begin(TRANSACTION);
    assertThat(state.current()).contains(INSTALLED);
    assertThat(state.journal()).contains(TRANSACTION);
    assertThat(state.isDamaged()).isFalse();
  }

  /// Also one that was read, and is gone since.
  @Test
  void keepsAGenerationThatIsNotKept() throws HostFault {
    Generation generation =
        new Generation(
            "source",
            "label",
            Backend.NFT,
            Instant.parse("2026-11-21T20:00:00Z"),
            Map.of(NAT, TableText.of(Map.of("KUBE-A", List.of("-j RETURN")))),
            Map.of(),
            List.of(),
            Balancer.NONE,
            List.of());
    String address = state.keep(generation);
    assertThat(state.generation(address)).contains(generation);
    assertThat(state.keep(generation)).isEqualTo(address);
    store.delete(address);
    assertThat(state.keep(generation)).isEqualTo(address);
    assertThat(new State(store).generation(address)).contains(generation);
    store.write(address, new byte[] {1});
    assertThat(state.generation(address)).isEmpty();
    state.keep(generation);
    assertThat(new State(store).generation(address)).contains(generation);
  }

  @Test
  void changedByteClosesARecord() throws HostFault {
    byte[] current = INSTALLED.encode();
    byte[] journal = TRANSACTION.encode();
    for (int bit = 0; bit < 8; bit++) {
      for (int i = 0; i < current.length; i++) {
        store.write("current", flipped(current, i, bit));
        assertThat(opens("current")).as("byte %s, bit %s", i, bit).isFalse();
      }
      for (int i = 0; i < journal.length; i++) {
        store.write("journal", flipped(journal, i, bit));
        assertThat(opens("journal")).as("byte %s, bit %s", i, bit).isFalse();
      }
    }
  }

  @Test
  void cutRecordDoesNotOpen() throws HostFault {
    byte[] current = INSTALLED.encode();
    for (int length = 0; length < current.length; length++) {
      store.write("current", Arrays.copyOf(current, length));
      assertThat(opens("current")).as("length %s", length).isFalse();
      assertThat(state.isDamaged()).isTrue();
    }
    byte[] journal = TRANSACTION.encode();
    for (int length = 0; length < journal.length; length++) {
      store.write("journal", Arrays.copyOf(journal, length));
      assertThat(opens("journal")).as("length %s", length).isFalse();
    }
  }

  /// A record of a version that is not known is refused, which is an answer, too.
  private boolean opens(String name) {
    try {
      return name.equals("current") ? state.current().isPresent() : state.journal().isPresent();
    } catch (HostFault e) {
      assertThat(e.kind()).isEqualTo(HostFault.Kind.REFUSED);
      return false;
    }
  }

  private static byte[] flipped(byte[] record, int at, int bit) {
    byte[] copy = record.clone();
    copy[at] ^= (byte) (1 << bit);
    return copy;
  }
}
