package dev.kproxy.symbolic.rules;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.symbolic.packet.Ways;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The rules of a host, and what else of it asks packets: its chains by table and name, its sets,
/// its virtual servers, its addresses. What a chain asks is worked out when it is first needed. It
/// may be used by several threads.
public final class AskedRules {
  private static final Chains NONE = Chains.of(List.of());

  private final Questions questions;
  private final HostQuestions host;
  private final SetQuestions sets;
  private final ServerQuestions servers;
  private final Map<String, Chains> tables = new HashMap<>();
  private final Map<String, Map<String, AskedChain>> asked = new HashMap<>();

  /// The rules of one family on a host.
  public AskedRules(Ruleset rules, HostFacts facts, Ways ways) {
    Family family = rules.family();
    this.host = new HostQuestions(facts, family);
    this.sets = new SetQuestions(facts.sets(), family);
    this.servers = new ServerQuestions(facts.ipvs(), family);
    this.questions = new Questions(family, ways, host, sets);
    for (Table table : rules.tables()) {
      tables.putIfAbsent(table.name(), table.chains());
      asked.putIfAbsent(table.name(), new ConcurrentHashMap<>());
    }
  }

  /// What its kernel asks.
  public HostQuestions host() {
    return host;
  }

  /// What its sets ask.
  public SetQuestions sets() {
    return sets;
  }

  /// What its virtual servers ask.
  public ServerQuestions servers() {
    return servers;
  }

  /// A chain as it was read; null where there is none.
  public @Nullable Chain chain(String table, String name) {
    return chains(table).find(name);
  }

  /// The chains of a table.
  public Chains chains(String table) {
    return tables.getOrDefault(table, NONE);
  }

  /// A chain with what it asks; null where there is none.
  public @Nullable AskedChain asked(String table, String name) {
    Map<String, AskedChain> known = asked.getOrDefault(table, Map.of());
    AskedChain ready = known.get(name);
    if (ready == null) {
      Chain chain = chain(table, name);
      if (chain != null) {
        ready = new AskedChain(chain, questions, table);
        known.put(name, ready);
      }
    }
    return ready;
  }
}
