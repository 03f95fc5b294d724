package dev.kproxy.host.apply;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How far a transaction has come, table by table, as the kernel tells.
final class Standing {
  private final Generation from;
  private final Generation to;
  private final Map<TableKey, Place> places = new TreeMap<>();

  /// How far it has come.
  ///
  /// @param from what was there before
  /// @param to what shall be there
  /// @param observed what is there
  /// @param committed what was written down last
  Standing(
      Transaction transaction,
      Generation from,
      Generation to,
      Tables observed,
      Optional<Installed> committed) {
    this.from = from;
    this.to = to;
    transaction
        .tables()
        .forEach(
            (key, swap) -> {
              Optional<String> last = committed.flatMap(it -> it.marker(key));
              places.put(key, place(key, swap, observed.get(key), last));
            });
  }

  /// Where a table stands.
  private enum Place {
    /// Its marker is the new one.
    DONE,
    /// Its marker is the old one, or somebody has emptied it in part.
    OPEN,
    /// Nothing is to be put back. Its marker is the last that was committed, though it was not seen
    /// when the change was planned: a tool was believed that said nothing, and its swap was
    /// refused. Or somebody has emptied it.
    UNTOUCHED,
    /// It is somebody else's.
    STRANGE
  }

  /// Whether a table is as it shall be.
  boolean isThere(TableKey key, TableText table) {
    return TableChange.between(key, table, to.table(key), from.table(key)).isEmpty();
  }

  private Place place(TableKey key, Marker.Swap swap, TableText table, Optional<String> last) {
    Optional<String> marker = Marker.of(table);
    boolean damaged = Marker.isDamaged(table);
    if (!damaged && marker.equals(swap.to())) {
      // A marker that stays as it is says nothing; then the rules do.
      return !swap.from().equals(swap.to()) || isThere(key, table) ? Place.DONE : Place.OPEN;
    }
    if (damaged ? swap.damaged() : marker.equals(swap.from())) {
      return Place.OPEN;
    }
    if (marker.isPresent()) {
      return marker.equals(last) ? Place.UNTOUCHED : Place.STRANGE;
    }
    return placeOfEmptied(from.table(key), to.table(key), table);
  }

  /// A table that has lost its marker may be emptied, and may have been filled anew by others.
  private static Place placeOfEmptied(TableText from, TableText to, TableText table) {
    Set<String> there = new TreeSet<>(from.userChains());
    there.addAll(to.userChains());
    there.removeIf(chain -> !table.has(chain));
    boolean ours =
        there.stream()
            .filter(chain -> !KubeProxyNames.isShared(chain))
            .map(chain -> List.of(table.rules(chain), from.rules(chain), to.rules(chain)))
            .allMatch(
                rules ->
                    rules.getFirst().isEmpty() || rules.subList(1, 3).contains(rules.getFirst()));
    if (there.isEmpty()) {
      return Place.UNTOUCHED;
    }
    return ours ? Place.OPEN : Place.STRANGE;
  }

  /// Whether all tables have the new marker.
  boolean isComplete() {
    return places.values().stream().allMatch(Place.DONE::equals);
  }

  /// Whether at least one has it.
  boolean hasBegun() {
    return places.containsValue(Place.DONE);
  }

  /// Whether a table has it.
  boolean isDone(TableKey key) {
    return places.get(key) == Place.DONE;
  }

  /// Whether a table is one that the transaction may put back.
  boolean isOurs(TableKey key) {
    return isDone(key) || places.get(key) == Place.OPEN;
  }

  /// The tables that are somebody else's.
  List<TableKey> strange() {
    return places.keySet().stream().filter(key -> places.get(key) == Place.STRANGE).toList();
  }
}
