package dev.kproxy.host.rules;

import dev.kproxy.host.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Writes the change of a table as text for `iptables-restore --noflush`: one commit, with the
/// marker in it.
public final class Commits {
  /// So many chains make it worth while to have the table listed first.
  private static final int MANY = 2000;

  /// What numbers that are near each other are multiplied by to be far apart: 2^32 by the golden
  /// ratio.
  private static final int SCATTER = 0x9E3779B9;

  private final TableChange change;
  private final StringBuilder out = new StringBuilder();

  private Commits(TableChange change) {
    this.change = change;
  }

  /// The text of a change.
  public static String of(TableChange change, Marker.Swap marker, Backend backend) {
    Commits commits = new Commits(change);
    commits.write(marker, backend);
    return commits.out.toString();
  }

  private void write(Marker.Swap marker, Backend backend) {
    Map<String, List<String>> chains = new HashMap<>(change.added());
    chains.putAll(change.changed());
    change.removed().stream()
        .filter(chain -> !TableText.isShared(chain))
        .forEach(chain -> chains.put(chain, List.of()));
    Map<String, List<String>> redeclared = TableText.of(chains).chains(); // ordered by name
    line("*" + change.key().table());
    List<String> others = new ArrayList<>(redeclared.keySet());
    others.removeAll(hook(redeclared.keySet()));
    if (backend == Backend.NFT && others.size() > MANY) {
      list();
      others.sort(Comparator.comparingInt(chain -> SCATTER * chain.hashCode()));
    }
    declare(others);
    swap(marker);
    redeclared.forEach((chain, rules) -> RulesText.write(chain, rules, out));
    change.removed().forEach(chain -> line("-X " + chain));
    if (marker.to().isEmpty() && (marker.from().isPresent() || marker.damaged())) {
      line("-X " + Marker.CHAIN);
    }
    line("COMMIT");
  }

  /// Rules of shared chains come first, and before them these chains and those that they lead to.
  ///
  /// @return these chains
  private Set<String> hook(Set<String> redeclared) {
    Set<String> entrances = new TreeSet<>();
    for (HookChange hook : change.hooks()) {
      entrances.add(hook.chain());
      hook.inserted().forEach(it -> entrances.add(target(it.rule())));
    }
    entrances.retainAll(redeclared);
    declare(entrances);
    for (HookChange hook : change.hooks()) {
      hook.deleted().forEach(rule -> line("-D " + hook.chain() + " " + rule));
      hook.inserted()
          .forEach(it -> line("-I " + hook.chain() + " " + it.place() + " " + it.rule()));
    }
    return entrances;
  }

  /// Prepares iptables-nft for many chains. For each that a line names it looks through a list of
  /// all names before it, so as to fetch no more of a table than it needs; asked for the whole
  /// table it makes no such list. A listing makes it believe in built-in chains that the kernel
  /// does not have yet, so whatever needs them stands before.
  ///
  /// The kernel keeps the order in which it gets chains, and for iptables-nft-save, which sorts
  /// them by name, the worst order is the sorted one: quicksort takes the first for its pivot.
  private void list() {
    line("-S");
  }

  private void swap(Marker.Swap marker) {
    if (marker.damaged()) {
      line(":" + Marker.CHAIN + " - [0:0]");
    } else if (marker.from().isPresent()) {
      line("-D " + Marker.CHAIN + " " + Marker.rule(marker.from().get()));
    } else if (marker.to().isPresent()) {
      line("-N " + Marker.CHAIN); // which fails where somebody was faster
    }
    marker.to().ifPresent(now -> line("-A " + Marker.CHAIN + " " + Marker.rule(now)));
  }

  private void declare(Collection<String> chains) {
    for (String chain : chains) {
      // To declare a chain empties it; others may have made a shared one meanwhile.
      line(TableText.isShared(chain) ? "-N " + chain : ":" + chain + " - [0:0]");
    }
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /// What a rule jumps or goes to; empty where it does neither.
  public static String target(String rule) {
    int last = rule.lastIndexOf(' ');
    if (isJump(rule, last - 2) && rule.indexOf('"', last) < 0) {
      return rule.substring(last + 1); // as every rule that leads to a chain ends
    }
    boolean quoted = false;
    for (int i = 0; i < rule.length(); i++) {
      char c = rule.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == '-' && !quoted && isJump(rule, i)) {
        int end = rule.indexOf(' ', i + 3);
        return end < 0 ? rule.substring(i + 3) : rule.substring(i + 3, end);
      }
    }
    return "";
  }

  private static boolean isJump(String rule, int at) {
    return (rule.startsWith("-j ", at) || rule.startsWith("-g ", at))
        && (at == 0 || rule.charAt(at - 1) == ' ');
  }
}
