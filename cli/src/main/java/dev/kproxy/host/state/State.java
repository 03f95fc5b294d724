package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The state of one network namespace in a [Store]:
///
/// | file | what |
/// |---|---|
/// | `current` | an [Installed] |
/// | `journal` | a [Transaction] that is under way |
/// | `pending` | a [Transaction] that has ended but for something after its rules |
/// | the SHA-256 of its content | a [Generation] |
///
/// A damaged record counts as none: then what the kernel shows decides.
public final class State {
  /// What to say of a state that is of a network namespace which is gone.
  public static final String OF_PREDECESSOR =
      "what was applied here was in another network namespace, which is gone and had the same"
          + " number";

  private static final String CURRENT = "current";
  private static final String JOURNAL = "journal";
  private static final String PENDING = "pending";

  private final Store store;

  /// Generations that were read, by address.
  private final Map<String, Generation> read = new ConcurrentHashMap<>();

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
        || (store.read(JOURNAL).isPresent() && journal().isEmpty())
        || (store.read(PENDING).isPresent() && pending().isEmpty());
  }

  /// Whether that apply waits for a `confirm`, or will when it is done.
  public boolean waits(String apply) throws HostFault {
    // In this order: what is committed is current before its journal goes.
    Optional<Installed> next = journal().flatMap(Transaction::next);
    return next.filter(it -> it.waits(apply)).isPresent()
        || current().filter(it -> it.waits(apply)).isPresent();
  }

  /// The transaction that is under way; empty where none is, or the record is damaged.
  public Optional<Transaction> journal() throws HostFault {
    return transaction(JOURNAL);
  }

  /// The last transaction, where something after its rules is left to do; empty where nothing is,
  /// or the record is damaged.
  public Optional<Transaction> pending() throws HostFault {
    return transaction(PENDING);
  }

  private Optional<Transaction> transaction(String name) throws HostFault {
    Optional<byte[]> record = store.read(name);
    return record.isEmpty() ? Optional.empty() : Transaction.decode(record.get());
  }

  /// When its records were written; empty where there is none that can be read.
  public Optional<String> epoch() throws HostFault {
    Optional<Transaction> journal = journal();
    Optional<Transaction> pending = pending();
    return current()
        .map(Installed::epoch)
        .or(() -> journal.map(Transaction::epoch))
        .or(() -> pending.map(Transaction::epoch));
  }

  /// A generation; empty where it is not there, or damaged.
  public Optional<Generation> generation(String address) throws HostFault {
    read.remove(address);
    Optional<byte[]> record =
        address.matches("[0-9a-f]{64}") ? store.read(address) : Optional.empty();
    if (record.isEmpty() || !Generation.address(record.get()).equals(address)) {
      return Optional.empty();
    }
    Optional<Generation> generation = Generation.decode(record.get());
    generation.ifPresent(it -> read.put(address, it));
    return generation;
  }

  /// Keeps a generation.
  ///
  /// @return its address
  public String keep(Generation generation) throws HostFault {
    for (Map.Entry<String, Generation> kept : read.entrySet()) {
      if (kept.getValue().equals(generation) && store.names().contains(kept.getKey())) {
        return kept.getKey();
      }
    }
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
    recordNext(transaction);
    settle();
    abandon();
  }

  /// Ends a transaction on its new side, with something left to do after its rules.
  public void postpone(Transaction transaction) throws HostFault {
    recordNext(transaction);
    abandon(transaction);
  }

  private void recordNext(Transaction transaction) throws HostFault {
    if (transaction.next().isPresent()) {
      store.write(CURRENT, transaction.next().get().encode());
    } else {
      store.delete(CURRENT);
    }
  }

  /// Ends a transaction on its old side.
  public void abandon() throws HostFault {
    store.delete(JOURNAL);
  }

  /// Ends a transaction on its old side, with something left to do.
  ///
  /// @param left what is left, as the transaction that would do it
  public void abandon(Transaction left) throws HostFault {
    store.write(PENDING, left.encode());
    abandon();
  }

  /// Nothing is left to do after the rules.
  public void settle() throws HostFault {
    store.delete(PENDING);
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
    pending()
        .ifPresent(
            transaction -> {
              named.add(transaction.from());
              named.add(transaction.to());
            });
    for (String name : store.names()) {
      if (name.matches("[0-9a-f]{64}") && !named.contains(name)) {
        store.delete(name);
      }
    }
  }
}
