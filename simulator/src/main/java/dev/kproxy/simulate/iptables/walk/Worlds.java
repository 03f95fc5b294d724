package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.chain.Tables;
import dev.kproxy.simulate.iptables.match.Knowledge;
import dev.kproxy.simulate.iptables.walk.Leaf.Entry;
import dev.kproxy.simulate.iptables.walk.Leaf.Open;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The worlds that a packet may be in: one to begin with, and two more wherever something is asked
/// that nobody told. Worlds that begin alike are one.
///
/// @param packet the packet
/// @param tables the rules
/// @param facts the host
/// @param detail what is to be worked out
/// @param limits what is left to be done
/// @param memory what rules remember
record Worlds(
    Packet packet, Tables tables, Facts facts, Trace.Detail detail, Limits limits, Memory memory) {

  /// The outcomes of what begins with a branch, in a world where nothing is assumed.
  Outcomes outcomes(Branch start) throws Limits.Exceeded {
    List<Leaf> leaves = new Walk(this, Knowledge.NONE).from(start);
    Outcomes outcomes = new Outcomes(detail);
    for (Leaf leaf : leaves) {
      switch (leaf) {
        case Leaf.Decided decided -> outcomes.add(decided);
        case Open _ -> {
          return new Resolution(leaves).outcomes();
        }
      }
    }
    return outcomes;
  }

  /// Works out worlds in the order in which they need each other.
  private final class Resolution {
    private final Map<Object, Case> cases = new HashMap<>();
    private final Deque<Case> unfinished = new ArrayDeque<>();

    Resolution(List<Leaf> leaves) {
      unfinished.push(new Case(leaves));
    }

    Outcomes outcomes() throws Limits.Exceeded {
      while (true) {
        Case current = unfinished.element();
        if (await(current)) {
          continue;
        }
        Outcomes outcomes = new Outcomes(detail);
        for (Leaf leaf : current.leaves) {
          switch (leaf) {
            case Leaf.Decided decided -> outcomes.add(decided);
            case Open open -> outcomes.add(open, done(open.ifTrue()), done(open.ifFalse()));
          }
        }
        Limits.outcomes(outcomes.size());
        current.outcomes = outcomes;
        unfinished.pop();
        if (unfinished.isEmpty()) {
          return outcomes;
        }
      }
    }

    /// Whether there are worlds that must be worked out before this one.
    private boolean await(Case current) throws Limits.Exceeded {
      while (current.asked < current.leaves.size()) {
        Leaf leaf = current.leaves.get(current.asked);
        if (leaf instanceof Open open && (begin(open.ifTrue()) || begin(open.ifFalse()))) {
          return true;
        }
        current.asked++;
      }
      return false;
    }

    private boolean begin(Entry entry) throws Limits.Exceeded {
      Object key = entry.key();
      if (cases.containsKey(key)) {
        return false;
      }
      limits.world();
      Case next = new Case(new Walk(Worlds.this, entry.knowledge()).from(entry.branch().copy()));
      cases.put(key, next);
      unfinished.push(next);
      return true;
    }

    private Outcomes done(Entry entry) {
      Case known = cases.get(entry.key());
      if (known == null || known.outcomes == null) {
        throw new IllegalStateException("a world needs itself");
      }
      return known.outcomes;
    }
  }

  private static final class Case {
    private final List<Leaf> leaves;
    private int asked;
    private @Nullable Outcomes outcomes;

    Case(List<Leaf> leaves) {
      this.leaves = leaves;
    }
  }
}
