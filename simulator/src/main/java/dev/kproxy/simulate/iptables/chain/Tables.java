package dev.kproxy.simulate.iptables.chain;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.match.Conditions;
import dev.kproxy.simulate.iptables.target.Acting;
import dev.kproxy.simulate.iptables.target.Translating;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The chains of a rule set by table and name; each is made ready when a packet first comes by.
public final class Tables {
  private final Map<String, Prepared> tables = new HashMap<>();
  private final Map<Stage, PreparedChain> builtIn = new EnumMap<>(Stage.class);
  private final int depth;

  /// The chains of a rule set on a host.
  public Tables(Ruleset rules, Facts facts) {
    Conditions conditions = new Conditions(facts);
    Acting acting = new Acting(new Translating(facts.addresses()));
    for (Table table : rules.tables()) {
      tables.putIfAbsent(table.name(), new Prepared(table.chains(), conditions, acting));
    }
    depth = rules.tables().stream().mapToInt(table -> table.chains().size()).max().orElse(0);
    Stage unused =
        facts.host().backend() == Backend.NFT ? Stage.INPUT_SECURITY : Stage.INPUT_LATE_SECURITY;
    for (Stage stage : Stage.values()) {
      if (stage == unused) {
        continue;
      }
      PreparedChain chain = chain(stage.table(), stage.hook().name());
      if (chain != null && (chain.size() > 0 || chain.drops())) {
        builtIn.put(stage, chain);
      }
    }
  }

  /// The chain whose rules are asked at a stage; null where there is none, or one that lets
  /// everything pass.
  public @Nullable PreparedChain builtIn(Stage stage) {
    return builtIn.get(stage);
  }

  /// A chain of a table; null where there is none of that name.
  public @Nullable PreparedChain chain(String table, String name) {
    Prepared chains = tables.get(table);
    return chains == null ? null : chains.chain(name);
  }

  /// How many chains the largest table has, and so how deep calls can go that are no loop.
  public int depth() {
    return depth;
  }

  private static final class Prepared {
    private final Chains all;
    private final Conditions conditions;
    private final Acting acting;
    private final Map<String, PreparedChain> prepared = new ConcurrentHashMap<>();

    Prepared(Chains all, Conditions conditions, Acting acting) {
      this.all = all;
      this.conditions = conditions;
      this.acting = acting;
    }

    @Nullable PreparedChain chain(String name) {
      PreparedChain ready = prepared.get(name);
      if (ready != null) {
        return ready;
      }
      Chain chain = all.find(name);
      return chain == null
          ? null
          : prepared.computeIfAbsent(name, _ -> new PreparedChain(chain, conditions, acting));
    }
  }
}
