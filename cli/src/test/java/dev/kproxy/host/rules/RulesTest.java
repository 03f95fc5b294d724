package dev.kproxy.host.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.Backend;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.rules.HookChange.Insertion;
import dev.kproxy.net.Family;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Rules as text: reading, comparing, writing.
class RulesTest {
  private static final TableKey NAT = new TableKey(Family.IPV4, "nat");

  private static TableText read(String text) throws HostFault {
    return RulesText.read(Family.IPV4, text, "iptables-save").getOrDefault(NAT, TableText.EMPTY);
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

  @Test
  void refusesWhatIsNotWhole() {
    assertThatThrownBy(() -> read("*nat\n:A - [0:0]\n")).hasMessageContaining("without COMMIT");
    assertThatThrownBy(() -> read("*nat\n-A A -j B\nCOMMIT\n"))
        .hasMessageContaining("not declared");
    assertThatThrownBy(() -> read("# Table `nat' is incompatible, use 'nft' tool.\n"))
        .isInstanceOfSatisfying(
            HostFault.class, e -> assertThat(e.kind()).isEqualTo(HostFault.Kind.REFUSED));
  }

  @Test
  void writesAChangeAsOneCommitWithItsMarker() {
    TableText observed =
        new TableText(
            Map.of(
                "KUBE-A", List.of("-j DROP"),
                "KUBE-GONE", List.of(),
                "KUBE-SAME", List.of("-j ACCEPT"),
                "PREROUTING", List.of("-j FOREIGN", "-j KUBE-OLD"),
                "KPROXY-META", List.of(Marker.rule("one"))));
    TableText wanted =
        new TableText(
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
            :KUBE-NEW - [0:0]
            :KUBE-GONE - [0:0]
            :KUBE-A - [0:0]
            -D KPROXY-META -m comment --comment "kproxy one"
            -A KPROXY-META -m comment --comment "kproxy two"
            -A KUBE-NEW -j RETURN
            -A KUBE-A -j KUBE-NEW
            -D PREROUTING -j KUBE-OLD
            -I PREROUTING 2 -j KUBE-A
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
  void loadsManyNewChainsAheadWithThoseTheyJumpToFirst() {
    Map<String, List<String>> chains = new TreeMap<>();
    for (int i = 0; i < 1200; i++) {
      chains.put("KUBE-A" + i, List.of("-j KUBE-Z" + i));
      chains.put("KUBE-Z" + i, List.of("-j RETURN"));
    }
    TableChange change =
        new TableChange(NAT, chains, Map.of("KUBE-B", List.of()), Set.of(), List.of());
    String text =
        Commits.of(change, new Marker.Swap(Optional.empty(), Optional.of("g"), false), Backend.NFT);
    Set<String> there = new HashSet<>();
    for (String commit : text.split("COMMIT\n", -1)) {
      commit
          .lines()
          .filter(line -> line.startsWith(":"))
          .forEach(line -> there.add(line.substring(1, line.indexOf(' '))));
      commit
          .lines()
          .filter(line -> line.startsWith("-A KUBE"))
          .map(Commits::target)
          .filter(target -> target.startsWith("KUBE"))
          .forEach(target -> assertThat(there).contains(target));
    }
    assertThat(text.lines().filter("COMMIT"::equals)).hasSize(6);
    assertThat(text).endsWith("-A KPROXY-META -m comment --comment \"kproxy g\"\nCOMMIT\n");
    assertThat(
            Commits.of(
                    change,
                    new Marker.Swap(Optional.empty(), Optional.of("g"), false),
                    Backend.LEGACY)
                .lines()
                .filter("COMMIT"::equals))
        .hasSize(1);
  }

  @Test
  void deletesManyChainsAfterTheCommitThatCounts() {
    Map<String, List<String>> chains = new TreeMap<>();
    for (int i = 0; i < 600; i++) {
      chains.put("KUBE-SVC-" + (1000 + i), List.of("-j KUBE-SVC-" + (1000 + (i + 1) % 600)));
    }
    TableText observed = new TableText(chains);
    TableChange change = TableChange.between(NAT, observed, TableText.EMPTY, observed);
    Marker.Swap marker = new Marker.Swap(Optional.of("f"), Optional.of("g"), false);
    List<String> commits = List.of(Commits.of(change, marker, Backend.NFT).split("COMMIT\n", -1));
    assertThat(commits.getFirst())
        .isEqualTo(
            """
            *nat
            -D KPROXY-META -m comment --comment "kproxy f"
            -A KPROXY-META -m comment --comment "kproxy g"
            """);
    assertThat(commits).hasSize(6);
    assertThat(commits.get(1)).startsWith("*nat\n:KUBE-SVC-1599 - [0:0]\n");
    assertThat(commits.get(2)).endsWith(":KUBE-SVC-1000 - [0:0]\n");
    assertThat(commits.get(3)).startsWith("*nat\n-X KUBE-SVC-1599\n");
    assertThat(commits.get(4)).endsWith("-X KUBE-SVC-1000\n");
  }

  @Test
  void partsHoldEachChainOnce() {
    Map<String, List<String>> chains = new TreeMap<>();
    chains.put("KUBE-SERVICES", new java.util.ArrayList<>());
    for (int i = 0; i < 300; i++) {
      chains.getOrDefault("KUBE-SERVICES", List.of()).add("-j KUBE-SVC-" + i);
      chains.put("KUBE-SVC-" + i, List.of("-j KUBE-SEP-" + i));
      chains.put("KUBE-SEP-" + i, List.of("-j DNAT --to-destination 10.0.0.1:80"));
    }
    List<TableText> parts = Parts.of(new TableText(chains), 100);
    assertThat(parts).hasSizeGreaterThan(6);
    assertThat(parts.stream().mapToInt(part -> part.chains().size()).sum()).isEqualTo(601);
    Map<String, List<String>> together = new TreeMap<>();
    parts.forEach(part -> together.putAll(part.chains()));
    assertThat(together).isEqualTo(chains);
  }
}
