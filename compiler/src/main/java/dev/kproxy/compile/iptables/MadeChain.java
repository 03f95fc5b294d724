package dev.kproxy.compile.iptables;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A chain of a user whose rules are made anew each time that they are read.
abstract class MadeChain implements Chain {
  private final String name;
  private final long rank;

  MadeChain(String name) {
    this.name = name;
    this.rank = ChainNames.rank(name);
  }

  /// A chain with the rules that `source` makes.
  static MadeChain of(String name, Supplier<List<Rule>> source) {
    return new MadeChain(name) {
      @Override
      public List<Rule> rules() {
        return source.get();
      }
    };
  }

  @Override
  public final String name() {
    return name;
  }

  /// The rank of the name, which was at hand when the chain was made.
  final long rank() {
    return rank;
  }

  @Override
  public final Optional<Policy> policy() {
    return Optional.empty();
  }

  @Override
  public final Counters counters() {
    return Counters.ZERO;
  }
}
