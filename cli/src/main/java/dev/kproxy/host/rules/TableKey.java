package dev.kproxy.host.rules;

import dev.kproxy.net.Family;
import java.util.List;
import java.util.Optional;

/// A table of a family. Tables are ordered as they load: the families one after the other, and of
/// each of them first what filters.
public record TableKey(Family family, String table) implements Comparable<TableKey> {
  /// The tables that rules of kube-proxy stand in.
  public static final List<String> TABLES = List.of("filter", "mangle", "nat");

  @Override
  public int compareTo(TableKey other) {
    int byFamily = family.compareTo(other.family);
    return byFamily != 0 ? byFamily : table.compareTo(other.table);
  }

  /// The key that [#toString] printed.
  public static Optional<TableKey> parse(String text) {
    for (Family family : Family.values()) {
      String prefix = family + " ";
      if (text.startsWith(prefix) && TABLES.contains(text.substring(prefix.length()))) {
        return Optional.of(new TableKey(family, text.substring(prefix.length())));
      }
    }
    return Optional.empty();
  }

  /// `IPv4 nat`.
  @Override
  public String toString() {
    return family + " " + table;
  }
}
