package dev.kproxy.iptables;

import dev.kproxy.net.Family;
import java.util.List;
import java.util.Optional;

/// The rules of one family: what one `iptables-save` or `ip6tables-save` prints.
///
/// @param family IPv4 for iptables, IPv6 for ip6tables
/// @param tables in the order in which they are printed
public record Ruleset(Family family, List<Table> tables) {
  public Ruleset {
    tables = List.copyOf(tables);
  }

  /// The table of that name.
  public Optional<Table> table(String name) {
    return tables.stream().filter(table -> table.name().equals(name)).findFirst();
  }

  /// The chains of a table that no hook calls; none where there is no such table.
  public List<Chain> userChains(String table) {
    return table(table).stream()
        .flatMap(it -> it.chains().stream())
        .filter(chain -> chain.policy().isEmpty())
        .toList();
  }
}
