package dev.kproxy.cli.render;

import dev.kproxy.cli.trace.Names;
import dev.kproxy.graph.ChainGraph;
import dev.kproxy.graph.ChainNode;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The part of the graph of chains that a packet saw, in the language of Graphviz. Below a chain
/// stands the Service port or the endpoint that it is for, where that is known.
public final class TraceGraph {
  private final Set<Chain> seen = new HashSet<>();
  private final Map<Chain, String> meaning = new HashMap<>();

  private TraceGraph() {}

  private record Chain(String table, String name) {
    static Chain of(ChainNode node) {
      return new Chain(node.table(), node.chain());
    }
  }

  /// The graph of a trace under `rules`.
  public static String print(Ruleset rules, Trace trace) {
    TraceGraph graph = new TraceGraph();
    graph.add(trace.outcomes());
    return ChainGraph.of(rules)
        .part(node -> graph.seen.contains(Chain.of(node)))
        .dot(node -> graph.meaning.getOrDefault(Chain.of(node), ""));
  }

  private void add(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      for (Step step : outcome.path()) {
        if (step instanceof Step.Hit(Step.Place place, String action, _, _)) {
          add(place, action);
        }
      }
      if (outcome.verdict()
          instanceof Verdict.Undetermined(_, _, _, List<Outcome> ifTrue, List<Outcome> ifFalse)) {
        add(ifTrue);
        add(ifFalse);
      }
    }
  }

  private void add(Step.Place place, String action) {
    Chain chain = new Chain(place.table(), place.chain());
    seen.add(chain);
    switch (place.rule().action()) {
      case Action.Jump(String target) -> {
        Chain called = new Chain(place.table(), target);
        seen.add(called);
        Names.service(place.rule()).ifPresent(name -> meaning.putIfAbsent(called, name));
      }
      case Action.Goto(String target) -> seen.add(new Chain(place.table(), target));
      case Action.Dnat _ -> meaning.putIfAbsent(chain, action);
      default -> {}
    }
  }
}
