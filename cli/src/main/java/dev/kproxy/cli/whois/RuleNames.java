package dev.kproxy.cli.whois;

import dev.kproxy.cli.whois.Meaning.Port;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the names of Service ports in the comments of rules, and enters the chains that these
/// names give in a book.
///
/// Which protocol a Service port has need not stand beside its name, so that all are tried: only
/// the true one gives the hash of a chain that is there.
final class RuleNames {
  private static final Pattern PORT = Pattern.compile(KubeProxyNames.SERVICE_PORT);

  private final Ruleset rules;
  private final NameBook book;

  RuleNames(Ruleset rules, NameBook book) {
    this.rules = rules;
    this.book = book;
  }

  void collect() {
    Set<String> comments = new HashSet<>();
    for (Table table : rules.tables()) {
      for (Chain chain : table.chains()) {
        for (Rule rule : chain.rules()) {
          for (String name : ports(rule)) {
            if (comments.add(name)) {
              for (Protocol protocol : Protocol.values()) {
                book.add(name, protocol);
              }
            }
          }
        }
      }
    }
    rules.table("nat").ifPresent(this::endpoints);
  }

  /// What may be names of Service ports in the comments of a rule.
  private static Set<String> ports(Rule rule) {
    Set<String> found = new LinkedHashSet<>();
    for (Match match : rule.matches()) {
      if (match instanceof Match.Comment(String text)) {
        for (Matcher port = PORT.matcher(text); port.find(); ) {
          found.add(port.group());
        }
      }
    }
    return found;
  }

  /// An endpoint's address stands in its chain; its Service port in the comments of that chain, or,
  /// in a large cluster, only in those of the chains that lead there.
  private void endpoints(Table nat) {
    Map<String, Set<Port>> callers = new HashMap<>();
    for (Chain chain : nat.chains()) {
      Optional<Port> port = book.port(chain.name());
      if (port.isPresent()) {
        for (Rule rule : chain.rules()) {
          if (rule.action() instanceof Action.Jump(String to) && NameBook.isEndpoint(to)) {
            callers.computeIfAbsent(to, _ -> new LinkedHashSet<>()).add(port.get());
          }
        }
      }
    }
    for (Chain chain : nat.chains()) {
      if (NameBook.isEndpoint(chain.name())) {
        endpoint(chain, callers.getOrDefault(chain.name(), Set.of()));
      }
    }
  }

  private void endpoint(Chain chain, Set<Port> callers) {
    Set<Port> candidates = new LinkedHashSet<>(callers);
    Set<String> addresses = new LinkedHashSet<>();
    for (Rule rule : chain.rules()) {
      for (String name : ports(rule)) {
        for (Protocol protocol : Protocol.values()) {
          candidates.add(new Port(name, protocol));
        }
      }
      if (rule.action() instanceof Action.Dnat(Action.Translation to, _, _)
          && to.first().isPresent()
          && to.ports().isPresent()) {
        addresses.add(to.first().get().withPort(to.ports().get().first()));
      }
    }
    for (Port port : candidates) {
      for (String address : addresses) {
        if (book.addEndpoint(chain.name(), port, address)) {
          return;
        }
      }
    }
  }
}
