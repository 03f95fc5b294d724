package dev.kproxy.cli.diff.words;

import dev.kproxy.cli.render.diff.Finding.Kind;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Selection;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is different about the outcomes of a packet on both sides, one thing at a time.
public final class Facets {
  private final List<Facet> found = new ArrayList<>();

  private Facets() {}

  /// The differences between two traces that are not the same.
  public static List<Facet> of(Trace before, Trace after) {
    Facets facets = new Facets();
    facets.compare(before.outcomes(), after.outcomes());
    facets.scheduler(before.outcomes(), after.outcomes());
    facets.affinity(before, after);
    if (facets.found.isEmpty()) {
      facets.rest(before.outcomes(), after.outcomes());
    }
    return facets.found;
  }

  /// That a Service answers no longer where another does now.
  public static Facet vanished(Trace before) {
    Fate fate = Fate.of(before.outcomes());
    return new Facet(Kind.VANISHES, fate.text(), shares(fate.endpoints(), Map.of()));
  }

  /// That a Service answers where another did before.
  public static Facet appeared(Trace after) {
    Fate fate = Fate.of(after.outcomes());
    return new Facet(Kind.APPEARS, fate.text(), shares(Map.of(), fate.endpoints()));
  }

  private void add(Kind kind, String text, List<String> details) {
    found.add(new Facet(kind, text, details));
  }

  private void compare(List<Outcome> before, List<Outcome> after) {
    if (isOneQuestion(before, after)) {
      var old = (Verdict.Undetermined) before.getFirst().verdict();
      var now = (Verdict.Undetermined) after.getFirst().verdict();
      compare(old.ifTrue(), now.ifTrue());
      compare(old.ifFalse(), now.ifFalse());
      return;
    }
    if (before.equals(after)) {
      return;
    }
    Fate old = Fate.of(before);
    Fate now = Fate.of(after);
    if (!old.open().isEmpty() || !now.open().isEmpty()) {
      boolean isSaidAlike = old.equals(now);
      add(
          Kind.UNDETERMINED,
          isSaidAlike ? old.text() + ", in another way" : old.text() + " → " + now.text(),
          List.of());
    } else if (old.passes() != now.passes()) {
      add(
          old.passes() ? Kind.APPEARS : Kind.VANISHES,
          (old.passes() ? now : old).text(),
          shares(old.endpoints(), now.endpoints()));
    } else if (old.endpoints().isEmpty() != now.endpoints().isEmpty()
        || !old.refused().equals(now.refused())) {
      add(Kind.VERDICT, old.text() + " → " + now.text(), List.of());
    } else {
      if (!old.endpoints().equals(now.endpoints())) {
        add(Kind.ENDPOINTS, "endpoints change", shares(old.endpoints(), now.endpoints()));
      }
      masquerade(old, now);
    }
  }

  /// Whether both sides hang on the same question, so that its answers can be looked at one by one.
  private static boolean isOneQuestion(List<Outcome> before, List<Outcome> after) {
    return before.size() == 1
        && after.size() == 1
        && before.getFirst().verdict() instanceof Verdict.Undetermined old
        && after.getFirst().verdict() instanceof Verdict.Undetermined now
        && old.asked().equals(now.asked())
        && !old.ifTrue().isEmpty()
        && !now.ifTrue().isEmpty();
  }

  /// Endpoints that appear or vanish, or whose shares change so that people see it; the others are
  /// counted.
  private static List<String> shares(
      Map<Translation, Fraction> before, Map<Translation, Fraction> after) {
    Map<String, String> seen = new TreeMap<>();
    int unseen = 0;
    Set<Translation> all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    for (Translation endpoint : all) {
      Fraction old = before.getOrDefault(endpoint, Fraction.ZERO);
      Fraction now = after.getOrDefault(endpoint, Fraction.ZERO);
      if (!old.equals(now)) {
        Optional<String> change = Shares.change(old, now);
        change.ifPresent(text -> seen.put(endpoint.toString(), text));
        unseen += change.isEmpty() ? 1 : 0;
      }
    }
    List<String> lines = new ArrayList<>();
    seen.forEach((endpoint, change) -> lines.add(endpoint + ": " + change));
    if (unseen > 0) {
      lines.add(
          (unseen == 1 ? "1 share changes" : unseen + " shares change") + " by less than 0.01 %");
    }
    return lines;
  }

  /// Of endpoints that both sides have, whether packets to them are masqueraded.
  private void masquerade(Fate before, Fate after) {
    Set<Optional<Translation>> both = new HashSet<>();
    before.endpoints().keySet().stream()
        .filter(after.endpoints()::containsKey)
        .map(Optional::of)
        .forEach(both::add);
    if (before.passes()) {
      both.add(Optional.empty());
    }
    Set<String> always = new TreeSet<>();
    Set<String> never = new TreeSet<>();
    for (Optional<Translation> endpoint : both) {
      boolean old = before.masqueraded().containsKey(endpoint);
      boolean now = after.masqueraded().containsKey(endpoint);
      if (old != now) {
        (now ? always : never).add(endpoint.map(Translation::toString).orElse(""));
      }
    }
    masquerade(always, both.size(), "not masqueraded → masqueraded");
    masquerade(never, both.size(), "masqueraded → not masqueraded");
  }

  private void masquerade(Set<String> endpoints, int all, String text) {
    if (!endpoints.isEmpty()) {
      boolean some = endpoints.size() < all;
      add(
          Kind.MASQUERADE,
          some ? text + " on the way to " + String.join(", ", endpoints) : text,
          List.of());
    }
  }

  /// By what rule real servers of one virtual server are chosen.
  private void scheduler(List<Outcome> before, List<Outcome> after) {
    String old = schedulers(before);
    String now = schedulers(after);
    if (!old.isEmpty() && !now.isEmpty() && !old.equals(now)) {
      add(Kind.ENDPOINTS, "scheduler: " + old + " → " + now, List.of());
    }
  }

  private static String schedulers(List<Outcome> outcomes) {
    return selections(outcomes)
        .map(Selection::scheduler)
        .filter(scheduler -> !scheduler.isEmpty())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static Stream<Selection> selections(List<Outcome> outcomes) {
    return outcomes.stream()
        .flatMap(Facets::determined)
        .flatMap(outcome -> outcome.selection().stream());
  }

  /// How long clients keep their endpoints, where they have some on both sides.
  private void affinity(Trace before, Trace after) {
    if (Fate.of(before.outcomes()).endpoints().isEmpty()
        || Fate.of(after.outcomes()).endpoints().isEmpty()) {
      return;
    }
    String old = affinity(before);
    String now = affinity(after);
    if (!old.equals(now)) {
      add(Kind.AFFINITY, "session affinity: " + old + " → " + now, List.of());
    } else if (found.isEmpty()
        && !before.affinity().isEmpty()
        && !after.affinity().isEmpty()
        && !kept(before).equals(kept(after))) {
      add(Kind.AFFINITY, "clients are kept at other endpoints", List.of());
    }
  }

  /// How long a client is kept, by rules or by a virtual server.
  private static String affinity(Trace trace) {
    Stream<String> lists = trace.affinity().stream().map(kept -> kept.seconds() + " s");
    Stream<String> servers =
        selections(trace.outcomes())
            .flatMap(selection -> selection.persistence().stream())
            .map(Facets::text);
    return Stream.concat(lists, servers).findFirst().orElse("none");
  }

  private static String text(VirtualServer.Persistence persistence) {
    boolean isWhole = persistence.length() == persistence.netmask().family().bits();
    String clients = isWhole ? "" : " by " + persistence.length() + " bits of the address";
    return persistence.seconds() + " s" + clients;
  }

  private static String kept(Trace trace) {
    return trace.affinity().stream()
        .map(kept -> kept.seconds() + " " + kept.dnat())
        .sorted()
        .collect(Collectors.joining(";"));
  }

  /// What users rarely ask for.
  private void rest(List<Outcome> before, List<Outcome> after) {
    String old = all(before, outcome -> "0x" + Integer.toHexString(outcome.mark()));
    String now = all(after, outcome -> "0x" + Integer.toHexString(outcome.mark()));
    String oldShares = all(before, outcome -> outcome.share().toString());
    String newShares = all(after, outcome -> outcome.share().toString());
    if (!old.equals(now)) {
      add(Kind.MARK, "mark of the packet: " + old + " → " + now, List.of());
    } else if (!oldShares.equals(newShares)) {
      add(Kind.OTHER, "shares: " + oldShares + " → " + newShares, List.of());
    } else {
      add(Kind.OTHER, "another way of getting there", List.of());
    }
  }

  private static String all(List<Outcome> outcomes, Function<Outcome, String> what) {
    return outcomes.stream()
        .flatMap(Facets::determined)
        .map(what)
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static Stream<Outcome> determined(Outcome outcome) {
    return outcome.verdict() instanceof Verdict.Undetermined open
        ? Stream.concat(open.ifTrue().stream(), open.ifFalse().stream()).flatMap(Facets::determined)
        : Stream.of(outcome);
  }
}
