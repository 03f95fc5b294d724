package dev.kproxy.symbolic;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which chains of one rule set do the same as which of another one, rule by rule: names of chains,
/// comments, counters and accounting objects are of no account.
final class ChainPairs {
  /// Chains that call each other deeper are taken for different.
  static final int DEPTH = 200;

  private final AskedRules before;
  private final AskedRules after;
  private final HostChanges changes;
  private final UnchangedChains unchanged;
  private final Map<Pair, Boolean> known = new HashMap<>();
  private int depth;

  ChainPairs(AskedRules before, AskedRules after, HostChanges changes) {
    this.before = before;
    this.after = after;
    this.changes = changes;
    this.unchanged = new UnchangedChains(before, after, changes);
  }

  private record Pair(String table, String before, String after) {}

  /// A rule without what is of no account: the chain that it calls is told apart.
  record Shape(List<Match> matches, Action action) {
    static Shape of(Rule rule) {
      return new Shape(
          normal(rule.matches()),
          switch (rule.action()) {
            case Action.Jump _ -> new Action.Jump("");
            case Action.Goto _ -> new Action.Goto("");
            default -> rule.action();
          });
    }
  }

  /// The order of what stands in the rule itself is of no account, and the kernel asks it first.
  private static List<Match> normal(List<Match> matches) {
    List<Match> normal = new ArrayList<>(matches.size());
    for (Match match : matches) {
      if (match instanceof Match.Header) {
        normal.add(match);
      }
    }
    normal.sort((left, right) -> rank(left) - rank(right));
    for (Match match : matches) {
      if (match instanceof Match.Extension && !isOfNoAccount(match)) {
        normal.add(match);
      }
    }
    return normal;
  }

  private static int rank(Match match) {
    return switch (match) {
      case Match.Source _ -> 0;
      case Match.Destination _ -> 1;
      case Match.InInterface _ -> 2;
      case Match.OutInterface _ -> 3;
      case Match.Protocol _ -> 4;
      default -> 5;
    };
  }

  /// Whether two chains do the same. No chain is there where its name is null.
  boolean same(String table, @Nullable String old, @Nullable String now) {
    if (old != null && old.equals(now) && unchanged.contains(table, old)) {
      return true;
    }
    Chain left = old == null ? null : before.chain(table, old);
    Chain right = now == null ? null : after.chain(table, now);
    if (left == null || right == null) {
      return left == null && right == null && Objects.equals(old, now);
    }
    Pair pair = new Pair(table, left.name(), right.name());
    Boolean answer = known.get(pair);
    if (answer == null) {
      if (depth == DEPTH) {
        return false;
      }
      depth++;
      answer = same(table, left, right);
      depth--;
      known.put(pair, answer);
    }
    return answer;
  }

  private boolean same(String table, Chain left, Chain right) {
    if (unchanged.isSame(left, right)) {
      return left.callees().stream().allMatch(callee -> same(table, callee, callee));
    }
    List<Rule> old = left.rules();
    List<Rule> now = right.rules();
    if (old.size() != now.size() || !left.policy().equals(right.policy())) {
      return false;
    }
    for (int i = 0; i < old.size(); i++) {
      if (changes.concern(old.get(i))) {
        return false;
      }
      if (!sameMatches(old.get(i).matches(), now.get(i).matches())
          && !normal(old.get(i).matches()).equals(normal(now.get(i).matches()))) {
        return false;
      }
    }
    for (int i = 0; i < old.size(); i++) {
      if (!sameActions(table, old.get(i).action(), now.get(i).action())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMatches(List<Match> old, List<Match> now) {
    int i = 0;
    int j = 0;
    while (true) {
      while (i < old.size() && isOfNoAccount(old.get(i))) {
        i++;
      }
      while (j < now.size() && isOfNoAccount(now.get(j))) {
        j++;
      }
      if (i == old.size() || j == now.size()) {
        return i == old.size() && j == now.size();
      }
      if (!old.get(i++).equals(now.get(j++))) {
        return false;
      }
    }
  }

  private static boolean isOfNoAccount(Match match) {
    return match instanceof Match.Comment || match instanceof Match.NfAcct;
  }

  private boolean sameActions(String table, Action old, Action now) {
    return switch (old) {
      case Action.Jump(String left) ->
          now instanceof Action.Jump(String right) && same(table, left, right);
      case Action.Goto(String left) ->
          now instanceof Action.Goto(String right) && same(table, left, right);
      default -> old.equals(now);
    };
  }
}
