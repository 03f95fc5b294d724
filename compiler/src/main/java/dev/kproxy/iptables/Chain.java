package dev.kproxy.iptables;

import java.util.List;
import java.util.Optional;

/// A chain of a table.
public interface Chain {
  /// The name; what the kernel knows has at most 28 bytes.
  String name();

  /// What becomes of a packet that falls off the end, for a built-in chain; empty for a chain of a
  /// user, which returns to its caller and whose line prints `-`.
  Optional<Policy> policy();

  /// What the policy was applied to.
  Counters counters();

  /// The rules in order. They may be made anew at each call, so that a printer can pass through
  /// hundreds of thousands of them that are never held at once.
  List<Rule> rules();

  /// The names of the chains that its rules jump or go to, in the order of the rules, each as often
  /// as it is called. There need not be a chain of such a name.
  default List<String> callees() {
    return rules().stream().flatMap(rule -> rule.action().callee().stream()).toList();
  }

  /// Whether no rule calls a chain.
  default boolean isLeaf() {
    return callees().isEmpty();
  }

  /// The verdict of a built-in chain on what no rule decides.
  enum Policy {
    /// The packet goes on.
    ACCEPT,
    /// The packet is dropped.
    DROP
  }

  /// A chain that holds its rules.
  record Of(String name, Optional<Policy> policy, Counters counters, List<Rule> rules)
      implements Chain {
    public Of {
      rules = List.copyOf(rules);
    }

    /// A chain of a user, with zero counters.
    public Of(String name, List<Rule> rules) {
      this(name, Optional.empty(), Counters.ZERO, rules);
    }

    /// A built-in chain, with zero counters.
    public Of(String name, Policy policy, List<Rule> rules) {
      this(name, Optional.of(policy), Counters.ZERO, rules);
    }
  }
}
