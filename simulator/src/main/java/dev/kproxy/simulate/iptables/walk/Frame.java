package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.iptables.chain.PreparedChain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a chain was called from.
final class Frame {
  private final PreparedChain chain;
  private final int rule;
  private final boolean tail;
  private final @Nullable Frame caller;
  private final int depth;

  /// @param chain the chain that the calling rule stands in
  /// @param rule the number of that rule
  /// @param tail whether the call was a goto, so that its end is the end of the calling chain, too
  Frame(PreparedChain chain, int rule, boolean tail, @Nullable Frame caller) {
    this.chain = chain;
    this.rule = rule;
    this.tail = tail;
    this.caller = caller;
    this.depth = depth(caller) + 1;
  }

  PreparedChain chain() {
    return chain;
  }

  int rule() {
    return rule;
  }

  boolean isTail() {
    return tail;
  }

  @Nullable Frame caller() {
    return caller;
  }

  /// A call by value.
  record Call(PreparedChain chain, int rule, boolean tail) {}

  /// The calls, the last one first.
  static List<Call> calls(@Nullable Frame last) {
    List<Call> calls = new ArrayList<>();
    for (Frame frame = last; frame != null; frame = frame.caller) {
      calls.add(new Call(frame.chain, frame.rule, frame.tail));
    }
    return calls;
  }

  /// How many calls there are, this one included.
  static int depth(@Nullable Frame frame) {
    return frame == null ? 0 : frame.depth;
  }

  /// Compares two places of one table by the order in which a packet reaches them: a call comes
  /// before the rule after it.
  static int compare(@Nullable Frame left, int leftRule, @Nullable Frame right, int rightRule) {
    Frame l = left;
    Frame r = right;
    int leftAt = leftRule;
    int rightAt = rightRule;
    int byDepth = Integer.compare(depth(l), depth(r));
    while (depth(l) > depth(r) && l != null) {
      leftAt = l.rule;
      l = l.caller;
    }
    while (depth(r) > depth(l) && r != null) {
      rightAt = r.rule;
      r = r.caller;
    }
    // the one that is inside of a call has already left the calling rule behind
    int order = leftAt != rightAt ? Integer.compare(leftAt, rightAt) : byDepth;
    while (l != r && l != null && r != null) {
      order = l.rule != r.rule ? Integer.compare(l.rule, r.rule) : order;
      l = l.caller;
      r = r.caller;
    }
    return order;
  }

  static boolean same(@Nullable Frame left, @Nullable Frame right) {
    Frame l = left;
    Frame r = right;
    while (l != r && l != null && r != null) {
      if (l.rule != r.rule || l.tail != r.tail || l.chain != r.chain) {
        return false;
      }
      l = l.caller;
      r = r.caller;
    }
    return l == r;
  }
}
