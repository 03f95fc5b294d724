package dev.kproxy.graph;

import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jgrapht.Graph;

/// Writes a graph of chains in the DOT language: a box for each table, chains in it, the number of
/// the calling rule at each arrow, gotos dashed.
final class DotWriter {
  private DotWriter() {}

  static String write(Graph<ChainNode, ChainCall> graph, Function<ChainNode, String> meaning) {
    Map<ChainNode, String> names = new LinkedHashMap<>();
    Map<String, List<ChainNode>> tables = new LinkedHashMap<>();
    for (ChainNode node : graph.vertexSet()) {
      names.put(node, "n" + names.size());
      tables.computeIfAbsent(node.table(), _ -> new ArrayList<>()).add(node);
    }
    StringBuilder out = new StringBuilder("digraph rules {\n  rankdir=LR;\n  node [shape=box];\n");
    int cluster = 0;
    for (Map.Entry<String, List<ChainNode>> table : tables.entrySet()) {
      out.append("  subgraph cluster").append(cluster++).append(" {\n    label=");
      out.append(quote(table.getKey())).append(";\n");
      for (ChainNode node : table.getValue()) {
        out.append("    ").append(names.get(node)).append(" [label=");
        out.append(quote(node.chain(), meaning.apply(node)));
        out.append(node.builtIn() ? ", style=bold];\n" : "];\n");
      }
      out.append("  }\n");
    }
    for (ChainCall call : graph.edgeSet()) {
      String more = call.rules() > 1 ? " +" + (call.rules() - 1) : "";
      out.append("  ").append(names.get(call.from())).append(" -> ").append(names.get(call.to()));
      out.append(" [label=").append(quote(call.number() + more));
      out.append(call.tail() ? ", style=dashed];\n" : "];\n");
    }
    return out.append("}\n").toString();
  }

  private static String quote(String name, String meaning) {
    String first = quote(name);
    return meaning.isEmpty()
        ? first
        : first.substring(0, first.length() - 1) + "\\n" + quote(meaning).substring(1);
  }

  private static String quote(String text) {
    return '"' + Printable.escape(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
