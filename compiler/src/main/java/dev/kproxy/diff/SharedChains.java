package dev.kproxy.diff;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The chains in which the rules of many Services stand one after the other.
///
/// No two Services have an address and a port in common, so that their order is of no account, and
/// kube-proxy leaves it to chance.
final class SharedChains {
  private static final Set<String> NAMES =
      Set.of("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-PROXY-FIREWALL");
  private static final Pattern PORT = Pattern.compile("([^\\s\"/]+/[^\\s\"]+).*");
  private static final String LAST = "must be the last rule in this chain";

  private SharedChains() {}

  /// A rule with what decides its place: rules before the first that names a Service stay before
  /// all, those after it stay behind, and those that say that they must be last are.
  private record Placed(int rank, String service, int protocol, Rule rule) {}

  /// The rules of a chain in their canonical order.
  static List<Rule> ordered(String chain, List<Rule> rules) {
    if (!NAMES.contains(chain)) {
      return rules;
    }
    List<Placed> placed = new ArrayList<>(rules.size());
    boolean named = false;
    for (Rule rule : rules) {
      String comment = comment(rule);
      Matcher service = PORT.matcher(comment);
      boolean isNamed = service.matches();
      named |= isNamed;
      int rank = comment.contains(LAST) ? 3 : isNamed ? 1 : named ? 2 : 0;
      placed.add(new Placed(rank, isNamed ? service.group(1) : "", protocol(rule), rule));
    }
    placed.sort(
        Comparator.comparingInt(Placed::rank)
            .thenComparing(Placed::service)
            .thenComparingInt(Placed::protocol));
    return placed.stream().map(Placed::rule).toList();
  }

  private static String comment(Rule rule) {
    for (Match match : rule.matches()) {
      if (match instanceof Match.Comment(String text)) {
        return text;
      }
    }
    return "";
  }

  private static int protocol(Rule rule) {
    for (Match match : rule.matches()) {
      if (match instanceof Match.Protocol(int number, _)) {
        return number;
      }
    }
    return 0;
  }
}
