package dev.kproxy.cli.diff.words;

import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What becomes of a packet, summed up.
///
/// @param endpoints where it is sent to instead, with the shares; empty where it is not translated
/// @param masqueraded the shares of these, and of what is not translated, that are masqueraded
/// @param refused how it is refused, with the shares
/// @param passed the share that is let through without being translated
/// @param open what is asked that is not known here
record Fate(
    Map<Translation, Fraction> endpoints,
    Map<Optional<Translation>, Fraction> masqueraded,
    Map<String, Fraction> refused,
    Fraction passed,
    List<String> open) {
  /// The sum of all that may become of a packet.
  static Fate of(List<Outcome> outcomes) {
    Map<Translation, Fraction> endpoints = new HashMap<>();
    Map<Optional<Translation>, Fraction> masqueraded = new HashMap<>();
    Map<String, Fraction> refused = new TreeMap<>();
    Fraction passed = Fraction.ZERO;
    List<String> open = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      Fraction share = outcome.probability();
      switch (outcome.verdict()) {
        case Verdict.Accept() -> {
          Optional<Translation> to = outcome.dnat();
          if (to.isPresent()) {
            endpoints.merge(to.get(), share, Fraction::plus);
          } else {
            passed = passed.plus(share);
          }
          if (outcome.snat().isPresent()) {
            masqueraded.merge(to, share, Fraction::plus);
          }
        }
        case Verdict.Drop() -> refused.merge("dropped", share, Fraction::plus);
        case Verdict.Reject(String with) ->
            refused.merge("rejected (" + with + ")", share, Fraction::plus);
        case Verdict.Undetermined undetermined -> open.add(undetermined.why().text());
      }
    }
    return new Fate(endpoints, masqueraded, refused, passed, open);
  }

  /// Whether it is let through without being translated, in any case.
  boolean passes() {
    return passed.isOne();
  }

  /// `sent to 2 endpoints`, `dropped`, with commas between where there are several.
  String text() {
    List<String> parts = new ArrayList<>();
    if (!endpoints.isEmpty()) {
      parts.add(
          endpoints.size() == 1
              ? "sent to " + endpoints.keySet().iterator().next()
              : "sent to " + endpoints.size() + " endpoints");
    }
    refused.forEach(
        (how, share) -> parts.add(share.isOne() ? how : how + " " + Shares.text(share)));
    if (!passed.isZero()) {
      parts.add(passed.isOne() ? "let through" : "let through " + Shares.text(passed));
    }
    open.forEach(why -> parts.add("undetermined (" + why + ")"));
    return String.join(", ", parts);
  }
}
