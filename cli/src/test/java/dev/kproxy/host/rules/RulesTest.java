package dev.kproxy.host.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.Backend;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.rules.HookChange.Insertion;
import dev.kproxy.net.Family;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules as text: reading, comparing, writing.
class RulesTest {
  private static final TableKey NAT = new TableKey(Family.IPV4, "nat");

  private static TableText read(String text) throws HostFault {
    return read(text, Map.of());
  }

  private static TableText read(String text, Map<TableKey, TableText> expected) throws HostFault {
    return RulesText.read(Family.IPV4, text, "iptables-save", expected)
        .getOrDefault(NAT, TableText.EMPTY);
  }

  @Test
  void readsARuleWhoseCommentHoldsALineBreak() throws HostFault {
    TableText nat =
        read(
            """
            *nat
            :PREROUTING ACCEPT [1:2]
            :A - [0:0]
            -A PREROUTING -m comment --comment "one
            COMMIT
            -A A -j DROP" -j A
            -A A -m comment --comment "a \\" b" -j RETURN
            COMMIT
            """);
    assertThat(nat.rules("PREROUTING")).hasSize(1);
    assertThat(nat.rules("A")).containsExactly("-m comment --comment \"a \\\" b\" -j RETURN");
  }

  /// iptables-nft-save prints the built-in chains in the order of their hooks, and before all
  /// others.
  @Test
  void ordersChainsByName() throws HostFault {
    TableText nat =
        read("*nat\n:PREROUTING -\n:INPUT -\n:KUBE-B -\n:KUBE-Z -\n:KUBE-A -\nCOMMIT\n");
    assertThat(nat.chains().keySet())
        .containsExactly("INPUT", "KUBE-A", "KUBE-B", "KUBE-Z", "PREROUTING");
    TableText other = TableText.of(Map.of("KUBE-M", List.of(), "AAA", List.of()));
    assertThat(nat.plus(other).chains().keySet())
        .containsExactly("AAA", "INPUT", "KUBE-A", "KUBE-B", "KUBE-M", "KUBE-Z", "PREROUTING");
    assertThat(other.or(nat).chains().keySet()).isEqualTo(nat.plus(other).chains().keySet());
  }

  @Test
  void readsQuotationMarksOfALineForThatLineAlone() throws HostFault {
    TableText nat =
        read(
            """
            *nat
            :A - [0:0]
            -A A -j ACCEPT
            -A A -m comment --comment "x" -j DROP
            COMMIT
            """);
    assertThat(nat.rules("A")).containsExactly("-j ACCEPT", "-m comment --comment \"x\" -j DROP");
  }

  /// As many rules, as long as the others, one more and one less: only what is the same is shared.
  @Test
  void sharesTheRulesThatAreAsExpected() throws HostFault {
    TableText expected =
        TableText.of(
            Map.of(
                "SAME", List.of("-j A", "-j B"),
                "OTHER", List.of("-j A", "-j B"),
                "MORE", List.of("-j A"),
                "LESS", List.of("-j A", "-j B"),
                "GONE", List.of("-j A")));
    String text =
        """
        *nat
        :SAME - [0:0]
        :OTHER - [0:0]
        :MORE - [0:0]
        :LESS - [0:0]
        :NEW - [0:0]
        -A SAME -j A
        -A OTHER -j A
        -A OTHER -j C
        -A SAME -j B
        -A MORE -j A
        -A MORE -j B
        -A LESS -j A
        -A NEW -j A
        COMMIT
        """;
    TableText nat = read(text, Map.of(NAT, expected));
    assertThat(nat).isEqualTo(read(text));
    assertThat(nat.rules("SAME")).isSameAs(expected.rules("SAME"));
    assertThat(nat.unlike(expected).chains().keySet())
        .containsExactly("LESS", "MORE", "NEW", "OTHER");
    TableKey other = new TableKey(Family.IPV6, "nat");
    assertThat(read(text, Map.of(other, expected)).rules("SAME"))
        .isEqualTo(nat.rules("SAME"))
        .isNotSameAs(nat.rules("SAME"));
  }

  /// Of a shared chain, the rules of others may be among them.
  @Test
  void leavesOutTheRulesOfChainsThatAreAsInAnotherTable() throws HostFault {
    String text =
        """
        # a comment
        *nat
        :PREROUTING ACCEPT [1:2]
        :KUBE-SAME - [0:0]
        :KUBE-OTHER - [0:0]
        :KUBE-FIREWALL - [0:0]
        -A PREROUTING -j KUBE-SAME
        -A KUBE-SAME -j DROP
        -A KUBE-OTHER -j DROP
        -A KUBE-SAME -m comment --comment "two
        lines" -j DROP
        -A KUBE-FIREWALL -j DROP
        COMMIT
        """;
    TableText nat = read(text);
    TableText other =
        nat.plus(TableText.of(Map.of("KUBE-OTHER", List.of("-j ACCEPT"), "GONE", List.of())));
    TableText like = nat.like(other);
    assertThat(like.chains().keySet()).containsExactly("KUBE-SAME");
    assertThat(RulesText.without(Family.IPV4, text, Map.of(NAT, like)))
        .isEqualTo(
            """
            # a comment
            *nat
            :PREROUTING ACCEPT [1:2]
            :KUBE-SAME - [0:0]
            :KUBE-OTHER - [0:0]
            :KUBE-FIREWALL - [0:0]
            -A PREROUTING -j KUBE-SAME
            -A KUBE-OTHER -j DROP
            -A KUBE-FIREWALL -j DROP
            COMMIT
            """);
    assertThat(RulesText.without(Family.IPV6, text, Map.of(NAT, like))).isEqualTo(text);
  }

  @Test
  void refusesWhatStandsTwice() {
    assertThatThrownBy(() -> read("*nat\n:A - [0:0]\n-A A -j B\n:A - [0:0]\nCOMMIT\n"))
        .hasMessageContaining("a chain twice: A");
    assertThatThrownBy(() -> read("*nat\n:A - [0:0]\nCOMMIT\n*nat\nCOMMIT\n"))
        .hasMessageContaining("a table twice: nat");
  }

  @Test
  void refusesWhatIsNotWhole() {
    assertThatThrownBy(() -> read("*nat\n:A - [0:0]\n")).hasMessageContaining("without COMMIT");
    assertThatThrownBy(() -> read("*nat\nCOMMIT\n:A - [0:0]\n")).hasMessageContaining(":A");
    assertThatThrownBy(() -> read("*nat\n-A A -j B\nCOMMIT\n"))
        .hasMessageContaining("not declared");
    assertThatThrownBy(() -> read("*nat\n:A - [0:0]\n-A \nCOMMIT\n"))
        .hasMessageContaining("not declared");
    assertThatThrownBy(() -> read("# Table `nat' is incompatible, use 'nft' tool.\n"))
        .isInstanceOfSatisfying(
            HostFault.class, e -> assertThat(e.kind()).isEqualTo(HostFault.Kind.REFUSED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      textBlock =
          """
          -j KUBE-A                                            ; KUBE-A
          -g KUBE-A                                            ; KUBE-A
          -m comment --comment "a b" -j KUBE-A                 ; KUBE-A
          -m comment --comment "to -j KUBE-B" -j KUBE-A        ; KUBE-A
          -m comment --comment "to -j KUBE-B" -j MARK --or 0x1 ; MARK
          -m comment --comment "to -j KUBE-B" -m mark --mark 1 ; none
          -m comment --comment "to -j KUBE-B"                  ; none
          -m comment --comment "to \\" -j KUBE-B" -p tcp       ; none
          -m comment --comment KUBE-A                          ; none
          -s 10.0.0.1/32                                       ; none
          -j                                                   ; none
          """)
  void tellsWhereARuleLeads(String rule, String target) {
    assertThat(Commits.target(rule)).isEqualTo(target.equals("none") ? "" : target);
  }

  @Test
  void writesAChangeAsOneCommitWithItsMarker() {
    TableText observed =
        TableText.of(
            Map.of(
                "KUBE-A", List.of("-j DROP"),
                "KUBE-GONE", List.of(),
                "KUBE-SAME", List.of("-j ACCEPT"),
                "PREROUTING", List.of("-j FOREIGN", "-j KUBE-OLD"),
                "KPROXY-META", List.of(Marker.rule("one"))));
    TableText wanted =
        TableText.of(
            Map.of(
                "KUBE-A", List.of("-j KUBE-NEW"),
                "KUBE-NEW", List.of("-j RETURN"),
                "KUBE-SAME", List.of("-j ACCEPT"),
                "PREROUTING", List.of("-j KUBE-A")));
    TableText owned =
        observed.only(chain -> !chain.equals(Marker.CHAIN), rule -> rule.contains("KUBE"));
    TableChange change = TableChange.between(NAT, observed, wanted, owned);

    assertThat(Commits.of(change, Marker.Swap.from(observed, Optional.of("two")), Backend.NFT))
        .isEqualTo(
            """
            *nat
            :KUBE-A - [0:0]
            -D PREROUTING -j KUBE-OLD
            -I PREROUTING 2 -j KUBE-A
            :KUBE-GONE - [0:0]
            :KUBE-NEW - [0:0]
            -D KPROXY-META -m comment --comment "kproxy one"
            -A KPROXY-META -m comment --comment "kproxy two"
            -A KUBE-A -j KUBE-NEW
            -A KUBE-NEW -j RETURN
            -X KUBE-GONE
            COMMIT
            """);
  }

  @Test
  void putsMissingJumpsWhereTheyBelongAndMovesNobodyElses() {
    assertThat(HookChange.between("INPUT", List.of("x", "y"), List.of("a", "b"), Set.of()))
        .isEqualTo(
            new HookChange(
                "INPUT", List.of(), List.of(new Insertion(1, "a"), new Insertion(2, "b"))));
    assertThat(HookChange.between("INPUT", List.of("x", "a", "y"), List.of("a", "b"), Set.of()))
        .isEqualTo(new HookChange("INPUT", List.of(), List.of(new Insertion(3, "b"))));
    assertThat(HookChange.between("INPUT", List.of("x", "b", "a"), List.of("a", "b"), Set.of()))
        .isEqualTo(
            new HookChange(
                "INPUT", List.of("b", "a"), List.of(new Insertion(2, "a"), new Insertion(3, "b"))));
    assertThat(HookChange.between("INPUT", List.of("a", "x", "b"), List.of("a", "b"), Set.of()))
        .isEqualTo(new HookChange("INPUT", List.of(), List.of()));
  }

  @Test
  void leavesJumpsThatStayWhereTheyAreWhenOthersGoOrCome() {
    List<String> left = List.of("old", "a", "x", "b");
    assertThat(HookChange.between("FORWARD", left, List.of("a", "b"), Set.of("old", "a", "b")))
        .isEqualTo(new HookChange("FORWARD", List.of("old"), List.of()));
    assertThat(HookChange.between("FORWARD", left, List.of("new", "a", "b"), Set.of("old", "a")))
        .isEqualTo(new HookChange("FORWARD", List.of("old"), List.of(new Insertion(1, "new"))));
    assertThat(HookChange.between("FORWARD", left, List.of("a", "new"), Set.of("old", "a", "b")))
        .isEqualTo(
            new HookChange("FORWARD", List.of("old", "b"), List.of(new Insertion(2, "new"))));
    assertThat(
            HookChange.between(
                "INPUT", List.of("a", "x", "old"), List.of("new", "a"), Set.of("old")))
        .isEqualTo(new HookChange("INPUT", List.of("old"), List.of(new Insertion(1, "new"))));
  }

  @Test
  void asksIptablesNftForTheWholeTableBeforeItNamesManyChains() {
    Map<String, List<String>> chains = new TreeMap<>();
    for (int i = 10000; i < 13000; i++) {
      chains.put("KUBE-SVC-" + i, List.of("-j KUBE-SEP-" + i));
    }
    TableText observed = TableText.of(Map.of("PREROUTING", List.of()));
    TableText wanted =
        TableText.of(chains)
            .plus(TableText.of(Map.of("KUBE-IN", List.of(), "PREROUTING", List.of("-j KUBE-IN"))));
    TableChange change = TableChange.between(NAT, observed, wanted, TableText.EMPTY);
    Marker.Swap marker = new Marker.Swap(Optional.of("f"), Optional.of("g"), false);

    String nft = Commits.of(change, marker, Backend.NFT);
    assertThat(nft)
        .startsWith("*nat\n:KUBE-IN - [0:0]\n-I PREROUTING 1 -j KUBE-IN\n-S\n")
        .containsOnlyOnce("COMMIT\n");
    assertThat(nft.lines().filter(line -> line.startsWith(":KUBE-SVC")))
        .containsExactlyInAnyOrderElementsOf(
            chains.keySet().stream().map(chain -> ":" + chain + " - [0:0]").toList());
    assertThat(nft.lines().filter(line -> line.startsWith(":KUBE-SVC")).toList())
        .as("the order of the names is the worst one for iptables-nft-save")
        .isNotEqualTo(nft.lines().filter(line -> line.startsWith(":KUBE-SVC")).sorted().toList());
    assertThat(Commits.of(change, marker, Backend.LEGACY)).doesNotContain("-S\n");
  }
}
