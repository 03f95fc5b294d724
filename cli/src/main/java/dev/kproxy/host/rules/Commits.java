package dev.kproxy.host.rules;

import dev.kproxy.host.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Writes the change of a table as text for `iptables-restore --noflush`.
///
/// All that live traffic can reach changes in one commit, together with the marker. On iptables-nft
/// many new chains are loaded before it, in commits of a few hundred, those that others jump to
/// first: nothing reaches them yet, and the tool's time grows with the square of the chains in a
/// commit. Many old chains go after it in the same way, emptied first, since nothing reaches them
/// any more. Chains stand in the reverse order of their names, since the tool keeps a sorted list
/// that it looks through from its beginning.
public final class Commits {
  private static final int PORTION = 500;

  /// No kernel takes so many jumps one after the other.
  private static final int DEEPEST = 200;

  private final TableChange change;
  private final StringBuilder out = new StringBuilder();

  private Commits(TableChange change) {
    this.change = change;
  }

  /// The text of a change.
  public static String of(TableChange change, Marker.Swap marker, Backend backend) {
    Commits commits = new Commits(change);
    boolean ahead = backend == Backend.NFT && change.added().size() > PORTION;
    if (ahead) {
      commits.prepare();
    }
    boolean after = backend == Backend.NFT && change.removed().size() > PORTION;
    commits.finish(marker, ahead ? Map.of() : change.added(), after ? Set.of() : change.removed());
    if (after) {
      commits.remove();
    }
    return commits.out.toString();
  }

  private void prepare() {
    List<String> chains = leavesFirst(change.added());
    for (int from = 0; from < chains.size(); from += PORTION) {
      Map<String, List<String>> portion = new TreeMap<>(Comparator.reverseOrder());
      for (String chain : chains.subList(from, Math.min(from + PORTION, chains.size()))) {
        portion.put(chain, change.added().getOrDefault(chain, List.of()));
      }
      begin();
      declare(portion.keySet());
      append(portion);
      commit();
    }
  }

  private void finish(Marker.Swap marker, Map<String, List<String>> added, Set<String> removed) {
    Map<String, List<String>> redeclared = new TreeMap<>(Comparator.reverseOrder());
    redeclared.putAll(added);
    redeclared.putAll(change.changed());
    removed.forEach(chain -> redeclared.put(chain, List.of()));
    begin();
    declare(redeclared.keySet());
    swap(marker);
    append(redeclared);
    for (HookChange hook : change.hooks()) {
      hook.deleted().forEach(rule -> line("-D " + hook.chain() + " " + rule));
      hook.inserted()
          .forEach(it -> line("-I " + hook.chain() + " " + it.place() + " " + it.rule()));
    }
    removed.forEach(chain -> line("-X " + chain));
    if (marker.to().isEmpty() && (marker.from().isPresent() || marker.damaged())) {
      line("-X " + Marker.CHAIN);
    }
    commit();
  }

  /// One of them may jump to another: all are emptied before the first is deleted.
  private void remove() {
    List<String> chains = List.copyOf(change.removed()).reversed();
    for (boolean emptied : List.of(false, true)) {
      for (int from = 0; from < chains.size(); from += PORTION) {
        List<String> portion = chains.subList(from, Math.min(from + PORTION, chains.size()));
        begin();
        if (emptied) {
          portion.forEach(chain -> line("-X " + chain));
        } else {
          declare(portion);
        }
        commit();
      }
    }
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

  private void begin() {
    line("*" + change.key().table());
  }

  private void declare(Collection<String> chains) {
    chains.forEach(chain -> line(":" + chain + " - [0:0]"));
  }

  private void append(Map<String, List<String>> chains) {
    chains.forEach((chain, rules) -> rules.forEach(rule -> line(RulesText.line(chain, rule))));
  }

  private void commit() {
    line("COMMIT");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /// The chains in an order in which none comes before those that it jumps to.
  static List<String> leavesFirst(Map<String, List<String>> chains) {
    Map<String, Integer> depth = new HashMap<>();
    chains.keySet().forEach(chain -> depth(chain, chains, depth, 0));
    List<String> order = new ArrayList<>(chains.keySet());
    order.sort(Comparator.comparing(chain -> depth.getOrDefault(chain, 0)));
    return order;
  }

  private static int depth(
      String chain, Map<String, List<String>> chains, Map<String, Integer> depth, int jumps) {
    Integer known = depth.get(chain);
    if (known != null || jumps > DEEPEST) {
      return known != null ? known : 0;
    }
    depth.put(chain, 0); // A circle ends here; the kernel will refuse it.
    int deepest = 0;
    for (String rule : chains.getOrDefault(chain, List.of())) {
      String to = target(rule);
      if (chains.containsKey(to)) {
        deepest = Math.max(deepest, 1 + depth(to, chains, depth, jumps + 1));
      }
    }
    depth.put(chain, deepest);
    return deepest;
  }

  /// What a rule jumps or goes to; empty where it does neither.
  public static String target(String rule) {
    boolean quoted = false;
    for (int i = 0; i < rule.length(); i++) {
      char c = rule.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == '-' && !quoted && (i == 0 || rule.charAt(i - 1) == ' ')) {
        if (rule.startsWith("-j ", i) || rule.startsWith("-g ", i)) {
          int end = rule.indexOf(' ', i + 3);
          return end < 0 ? rule.substring(i + 3) : rule.substring(i + 3, end);
        }
      }
    }
    return "";
  }
}
