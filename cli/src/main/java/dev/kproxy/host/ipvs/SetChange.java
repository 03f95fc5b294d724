package dev.kproxy.host.ipvs;

import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.SetOption;
import dev.kproxy.ipset.SetOption.Count;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What must be done to a set.
///
/// @param kind what becomes of the set as a whole
/// @param set the set as it shall be; one that goes as it is
/// @param added entries that come
/// @param removed entries that go
public record SetChange(Kind kind, IpSet set, List<Entry> added, List<Entry> removed) {
  /// What becomes of a set.
  public enum Kind {
    /// It is made.
    ADDED,
    /// It stays, with other entries.
    CHANGED,
    /// It has other options, and is exchanged for one that is filled before.
    REPLACED,
    /// It goes.
    REMOVED
  }

  public SetChange {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /// The way from what a host has to what it shall have; empty where nothing is to be done.
  static Optional<SetChange> between(Optional<IpSet> observed, IpSet wanted) {
    if (observed.isEmpty()) {
      return Optional.of(new SetChange(Kind.ADDED, wanted, wanted.entries(), List.of()));
    }
    IpSet found = observed.get();
    List<Entry> added = without(wanted.entries(), found.entries());
    List<Entry> removed = without(found.entries(), wanted.entries());
    if (!isAlike(found, wanted)) {
      return Optional.of(new SetChange(Kind.REPLACED, wanted, added, removed));
    }
    return added.isEmpty() && removed.isEmpty()
        ? Optional.empty()
        : Optional.of(new SetChange(Kind.CHANGED, wanted, added, removed));
  }

  /// The end of a set.
  static SetChange removal(IpSet observed) {
    return new SetChange(Kind.REMOVED, observed, List.of(), observed.entries());
  }

  private static List<Entry> without(List<Entry> all, List<Entry> those) {
    Set<Entry> gone = new HashSet<>(those);
    return all.stream().filter(entry -> !gone.contains(entry)).toList();
  }

  /// Whether one may stand for the other. How its hash is laid out, which the kernel changes by
  /// itself, does not matter.
  private static boolean isAlike(IpSet one, IpSet other) {
    return isOfOneType(one, other) && options(one).equals(options(other));
  }

  /// Whether the kernel would exchange one for the other.
  static boolean isOfOneType(IpSet one, IpSet other) {
    return one.type() == other.type() && one.family().equals(other.family());
  }

  private static Set<SetOption> options(IpSet set) {
    List<SetOption> options = new ArrayList<>(set.options());
    options.removeIf(
        option ->
            switch (option) {
              case Count(Count.Name name, long _) ->
                  name == Count.Name.HASHSIZE || name == Count.Name.BUCKETSIZE;
              case SetOption.InitialValue _, SetOption.AddressFamily _ -> true;
              default -> false;
            });
    return new HashSet<>(options);
  }

  /// Whether anything comes into being.
  boolean grows() {
    return kind == Kind.ADDED || kind == Kind.REPLACED || !added.isEmpty();
  }
}
