package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The state of one network namespace in a [Store]:
///
/// | file | what |
/// |---|---|
/// | `current` | an [Installed] |
/// | `journal` | a [Transaction] that is under way |
/// | the SHA-256 of its content | a [Generation] |
///
/// A damaged record counts as none: then what the kernel shows decides.
public final class State {
  private static final String CURRENT = "current";
  private static final String JOURNAL = "journal";

  private final Store store;

  /// The state that a store holds.
  public State(Store store) {
    this.store = store;
  }

  /// What is on the host; empty where nothing is, or the record is damaged.
  public Optional<Installed> current() throws HostFault {
    Optional<byte[]> record = store.read(CURRENT);
    return record.isEmpty() ? Optional.empty() : Installed.decode(record.get());
  }

  /// Whether there is a record that cannot be read.
  public boolean isDamaged() throws HostFault {
    return (store.read(CURRENT).isPresent() && current().isEmpty())
        || (store.read(JOURNAL).isPresent() && journal().isEmpty());
  }

  /// The transaction that is under way; empty where none is, or the record is damaged.
  public Optional<Transaction> journal() throws HostFault {
    Optional<byte[]> record = store.read(JOURNAL);
    return record.isEmpty() ? Optional.empty() : Transaction.decode(record.get());
  }

  /// A generation; empty where it is not there, or damaged.
  public Optional<Generation> generation(String address) throws HostFault {
    Optional<byte[]> record =
        address.matches("[0-9a-f]{64}") ? store.read(address) : Optional.empty();
    if (record.isEmpty() || !Generation.address(record.get()).equals(address)) {
      return Optional.empty();
    }
    return Generation.decode(record.get());
  }

  /// Keeps a generation.
  ///
  /// @return its address
  public String keep(Generation generation) throws HostFault {
    byte[] record = generation.encode();
    String address = Generation.address(record);
    if (store.read(address).filter(kept -> Arrays.equals(kept, record)).isEmpty()) {
      store.write(address, record);
    }
    return address;
  }

  /// Begins a transaction: before this returns nothing may change in the kernel.
  public void begin(Transaction transaction) throws HostFault {
    store.write(JOURNAL, transaction.encode());
  }

  /// Ends a transaction on its new side.
  public void commit(Transaction transaction) throws HostFault {
    if (transaction.next().isPresent()) {
      store.write(CURRENT, transaction.next().get().encode());
    } else {
      store.delete(CURRENT);
    }
    store.delete(JOURNAL);
  }

  /// Ends a transaction on its old side.
  public void abandon() throws HostFault {
    store.delete(JOURNAL);
  }

  /// Replaces what is known of the host without a change of the host.
  public void record(Installed installed) throws HostFault {
    store.write(CURRENT, installed.encode());
  }

  /// Forgets what was on the host, and it is not there any more.
  public void forget() throws HostFault {
    store.delete(CURRENT);
    prune();
  }

  /// Deletes generations that nothing names any more.
  public void prune() throws HostFault {
    Set<String> named = new TreeSet<>();
    current()
        .ifPresent(
            now -> {
              named.add(now.generation());
              named.add(now.before());
              now.previous().ifPresent(named::add);
            });
    for (String name : store.names()) {
      if (name.matches("[0-9a-f]{64}") && !named.contains(name)) {
        store.delete(name);
      }
    }
  }
}
