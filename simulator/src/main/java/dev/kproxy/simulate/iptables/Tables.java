package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.simulate.Hook;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The chains of a rule set by table and name; each is made ready when a packet first comes by.
final class Tables {
  private final Map<String, Chains> tables = new HashMap<>();

  Tables(Ruleset rules) {
    for (Table table : rules.tables()) {
      tables.putIfAbsent(table.name(), new Chains(table));
    }
  }

  /// The chain that a hook calls; null where the table is not there.
  @Nullable PreparedChain builtIn(String table, Hook hook) {
    Chains chains = tables.get(table);
    return chains == null ? null : chains.chain(hook.name());
  }

  /// A chain of a table; null where there is none of that name.
  @Nullable PreparedChain chain(String table, String name) {
    Chains chains = tables.get(table);
    return chains == null ? null : chains.chain(name);
  }

  /// How many chains a table has, and so how deep calls can go that are no loop.
  int depth(String table) {
    Chains chains = tables.get(table);
    return chains == null ? 0 : chains.chains.size();
  }

  private static final class Chains {
    private final Map<String, Chain> chains;
    private final Map<String, PreparedChain> prepared = new ConcurrentHashMap<>();

    Chains(Table table) {
      List<Chain> all = table.chains();
      chains = HashMap.newHashMap(all.size());
      all.forEach(chain -> chains.putIfAbsent(chain.name(), chain));
    }

    @Nullable PreparedChain chain(String name) {
      PreparedChain ready = prepared.get(name);
      if (ready != null) {
        return ready;
      }
      Chain chain = chains.get(name);
      return chain == null ? null : prepared.computeIfAbsent(name, _ -> new PreparedChain(chain));
    }
  }
}
