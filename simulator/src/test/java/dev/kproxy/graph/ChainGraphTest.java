package dev.kproxy.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainGraphTest {
  private static final String RULES =
      """
      *filter
      :FORWARD ACCEPT [0:0]
      :A - [0:0]
      :B - [0:0]
      :C - [0:0]
      :D - [0:0]
      -A FORWARD -j A
      -A FORWARD -p udp -j A
      -A A -g B
      -A D -j B
      -A A -j DROP
      COMMIT
      """;

  private static Ruleset rules(String text) {
    return IptablesParser.parse(
            Family.IPV4,
            text,
            "rules",
            diagnostic -> {
              throw new AssertionError(diagnostic.toString());
            })
        .orElseThrow();
  }

  private static ChainGraph graph(String text) {
    return ChainGraph.of(rules(text));
  }

  @Test
  void namesChainsThatNothingLeadsTo() {
    assertThat(graph(RULES).unreachable().stream().map(ChainNode::toString))
        .containsExactly("filter C", "filter D");
  }

  @Test
  void ordersChainsBeforeThoseThatTheyCall() {
    List<String> order = graph(RULES).order().stream().map(ChainNode::chain).toList();
    assertThat(order).containsSubsequence("FORWARD", "A", "B").containsSubsequence("D", "B");
  }

  @Test
  void findsNoLoopWhereThereIsNone() {
    assertThat(ChainGraph.loops(rules(RULES), "rules")).isEmpty();
  }

  @Test
  void namesEachLoopWithItsChainsAndLine() {
    String loops =
        """
        *filter
        :FORWARD ACCEPT [0:0]
        :A - [0:0]
        :B - [0:0]
        :C - [0:0]
        :SELF - [0:0]
        -A FORWARD -j B
        -A A -p tcp -j C
        -A B -g A
        -A C -j B
        -A C -j A
        -A SELF -j SELF
        COMMIT
        *nat
        :A - [0:0]
        :B - [0:0]
        -A A -j B
        COMMIT
        """;
    assertThat(ChainGraph.loops(rules(loops), "rules").stream().map(Diagnostic::toString))
        .containsExactly(
            "rules:8:1: error KP605: chains of table filter call each other in a loop:"
                + " A > C > A",
            "rules:12:1: error KP605: chains of table filter call each other in a loop:"
                + " SELF > SELF");
  }

  @Test
  void findsALoopThroughAHundredThousandChains() {
    StringBuilder rules = new StringBuilder("*filter\n");
    int chains = 100_000;
    for (int i = 0; i < chains; i++) {
      rules.append(":C").append(i).append(" - [0:0]\n");
    }
    for (int i = 0; i < chains; i++) {
      rules.append("-A C").append(i).append(" -j C").append((i + 1) % chains).append('\n');
    }
    List<Diagnostic> loops = ChainGraph.loops(rules(rules.append("COMMIT\n").toString()), "rules");
    assertThat(loops).hasSize(1);
    assertThat(loops.get(0).message())
        .startsWith("chains of table filter call each other in a loop: C0 > C1 > C2 > ")
        .endsWith("> C20 > …");
  }

  @Test
  void drawsChainsCallsAndGotos() {
    assertThat(graph(RULES).part(node -> !node.chain().equals("D")).dot())
        .isEqualTo(
            """
            digraph rules {
              rankdir=LR;
              node [shape=box];
              subgraph cluster0 {
                label="filter";
                n0 [label="FORWARD", style=bold];
                n1 [label="A"];
                n2 [label="B"];
                n3 [label="C"];
              }
              n0 -> n1 [label="1 +1"];
              n1 -> n2 [label="1", style=dashed];
            }
            """);
  }

  @Test
  void quotesNamesForGraphviz() {
    Ruleset rules =
        new Ruleset(
            Family.IPV4,
            List.of(new Table("filter", List.of(new Chain.Of("a\"b\\c\n", List.of())))));
    assertThat(ChainGraph.of(rules).dot()).contains("n0 [label=\"a\\\"b\\\\c\\\\n\"];");
  }
}
