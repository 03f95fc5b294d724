package dev.kproxy.graph;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.AsSubgraph;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;

/// The chains of a rule set and what they call, by jump or by goto.
///
/// Several rules of one chain that call the same chain are one edge. A call of a chain that is not
/// there is none. Chains and calls are in the order of the rule set.
public final class ChainGraph {
  private final Graph<ChainNode, ChainCall> graph;

  private ChainGraph(Graph<ChainNode, ChainCall> graph) {
    this.graph = graph;
  }

  /// The graph of a rule set; every rule is read once.
  public static ChainGraph of(Ruleset rules) {
    Graph<ChainNode, ChainCall> graph = new DefaultDirectedGraph<>(ChainCall.class);
    for (Table table : rules.tables()) {
      Map<String, ChainNode> nodes = new HashMap<>();
      for (Chain chain : table.chains()) {
        ChainNode node = new ChainNode(table.name(), chain.name(), chain.policy().isPresent());
        if (nodes.putIfAbsent(chain.name(), node) == null) {
          graph.addVertex(node);
        }
      }
      for (Chain chain : table.chains()) {
        ChainNode from = nodes.get(chain.name());
        if (from != null) {
          calls(from, chain.rules(), nodes)
              .forEach(call -> graph.addEdge(call.from(), call.to(), call));
        }
      }
    }
    return new ChainGraph(graph);
  }

  private static Collection<ChainCall> calls(
      ChainNode from, List<Rule> rules, Map<String, ChainNode> nodes) {
    Map<ChainNode, ChainCall> calls = new LinkedHashMap<>();
    int number = 0;
    for (Rule rule : rules) {
      number++;
      boolean tail = rule.action() instanceof Action.Goto;
      ChainNode to = rule.action().callee().map(nodes::get).orElse(null);
      if (to != null) {
        calls.merge(
            to,
            new ChainCall(from, to, number, rule, tail, 1),
            (first, _) ->
                new ChainCall(
                    from, to, first.number(), first.rule(), first.tail(), first.rules() + 1));
      }
    }
    return calls.values();
  }

  /// One fault for each loop of chains that call each other, at the line of one of the calls. A
  /// rule set with such a fault is not to be followed.
  ///
  /// @param file the name of the rules in diagnostics
  public static List<Diagnostic> loops(Ruleset rules, String file) {
    return rules.tables().stream().anyMatch(Loops::any) ? of(rules).loops(file) : List.of();
  }

  private List<Diagnostic> loops(String file) {
    List<Diagnostic> faults = new ArrayList<>();
    for (Set<ChainNode> loop :
        new KosarajuStrongConnectivityInspector<>(graph).stronglyConnectedSets()) {
      ChainNode any = loop.iterator().next();
      if (loop.size() > 1 || graph.containsEdge(any, any)) {
        faults.add(fault(shortest(loop), file));
      }
    }
    faults.sort((left, right) -> left.message().compareTo(right.message()));
    return faults;
  }

  /// A shortest way round from the first chain of a loop by name.
  private List<ChainCall> shortest(Set<ChainNode> loop) {
    ChainNode start =
        loop.stream()
            .min((left, right) -> left.toString().compareTo(right.toString()))
            .orElseThrow();
    Map<ChainNode, ChainCall> reachedBy = new HashMap<>();
    Deque<ChainNode> next = new ArrayDeque<>(List.of(start));
    while (!reachedBy.containsKey(start)) {
      for (ChainCall call : graph.outgoingEdgesOf(next.remove())) {
        if (loop.contains(call.to()) && reachedBy.putIfAbsent(call.to(), call) == null) {
          next.add(call.to());
        }
      }
    }
    Deque<ChainCall> way = new ArrayDeque<>();
    ChainNode at = start;
    do {
      ChainCall call = reachedBy.get(at);
      if (call == null) {
        throw new IllegalStateException("no loop");
      }
      way.push(call);
      at = call.from();
    } while (!at.equals(start));
    return List.copyOf(way);
  }

  private static Diagnostic fault(List<ChainCall> way, String file) {
    ChainCall first = way.get(0);
    String chains =
        way.stream().limit(20).map(call -> call.to().chain()).collect(Collectors.joining(" > "));
    return Diagnostic.error(
        Code.CHAIN_LOOP,
        new Location(file, Math.max(1, first.line()), 1),
        "chains of table "
            + first.from().table()
            + " call each other in a loop: "
            + first.from().chain()
            + " > "
            + chains
            + (way.size() > 20 ? " > …" : ""));
  }

  /// The chains that no packet can come to, because no built-in chain leads there.
  public List<ChainNode> unreachable() {
    Set<ChainNode> reached = new HashSet<>();
    Deque<ChainNode> next = new ArrayDeque<>();
    for (ChainNode node : graph.vertexSet()) {
      if (node.builtIn() && reached.add(node)) {
        next.add(node);
      }
    }
    while (!next.isEmpty()) {
      for (ChainCall call : graph.outgoingEdgesOf(next.remove())) {
        if (reached.add(call.to())) {
          next.add(call.to());
        }
      }
    }
    return graph.vertexSet().stream().filter(node -> !reached.contains(node)).toList();
  }

  /// The chains in an order in which each stands before those that it calls.
  ///
  /// @throws IllegalArgumentException where there is a loop
  public List<ChainNode> order() {
    List<ChainNode> order = new ArrayList<>();
    new TopologicalOrderIterator<>(graph).forEachRemaining(order::add);
    return order;
  }

  /// The part of the graph that has these chains only, as those that a packet saw.
  public ChainGraph part(Predicate<ChainNode> chains) {
    Set<ChainNode> kept =
        graph.vertexSet().stream()
            .filter(chains)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return new ChainGraph(new AsSubgraph<>(graph, kept));
  }

  /// The graph in the DOT language of Graphviz.
  public String dot() {
    return dot(_ -> "");
  }

  /// The same, with what a chain is for below its name; empty where nobody knows.
  public String dot(Function<ChainNode, String> meaning) {
    return DotWriter.write(graph, meaning);
  }
}
