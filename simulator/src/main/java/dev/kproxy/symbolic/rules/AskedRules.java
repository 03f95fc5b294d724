package dev.kproxy.symbolic.rules;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The chains of a rule set by table and name; what a chain asks is worked out when it is first
/// needed. It may be used by several threads.
public final class AskedRules {
  private final Questions questions;
  private final Map<String, Map<String, Chain>> tables = new HashMap<>();
  private final Map<String, Map<String, AskedChain>> asked = new HashMap<>();

  /// The chains of a rule set.
  public AskedRules(Ruleset rules, Questions questions) {
    this.questions = questions;
    for (Table table : rules.tables()) {
      Map<String, Chain> chains = HashMap.newHashMap(table.chains().size());
      table.chains().forEach(chain -> chains.putIfAbsent(chain.name(), chain));
      tables.putIfAbsent(table.name(), chains);
      asked.putIfAbsent(table.name(), new ConcurrentHashMap<>());
    }
  }

  /// A chain as it was read; null where there is none.
  public @Nullable Chain chain(String table, String name) {
    return tables.getOrDefault(table, Map.of()).get(name);
  }

  /// The chains of a table, by name.
  public Map<String, Chain> chains(String table) {
    return tables.getOrDefault(table, Map.of());
  }

  /// A chain with what it asks; null where there is none.
  public @Nullable AskedChain asked(String table, String name) {
    Chain chain = chain(table, name);
    if (chain == null) {
      return null;
    }
    Map<String, AskedChain> known = asked.getOrDefault(table, Map.of());
    AskedChain ready = known.get(name);
    if (ready == null) {
      ready = new AskedChain(chain, questions, !table.equals("raw"));
      known.put(name, ready);
    }
    return ready;
  }
}
