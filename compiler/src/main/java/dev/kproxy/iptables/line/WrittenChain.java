package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A chain whose rules are lines of a text, and are made of them anew each time that they are read.
public final class WrittenChain implements Chain {
  /// From so many rules on it pays to make them side by side.
  private static final int SIDE_BY_SIDE = 512;

  private final String name;
  private final Optional<Policy> policy;
  private final Counters counters;
  private final RuleLines text;
  private final int[] lines;

  /// A chain of a text.
  ///
  /// @param lines those of its rules, each as many times as it makes rules; not changed any more
  public WrittenChain(
      String name, Optional<Policy> policy, Counters counters, RuleLines text, int... lines) {
    this.name = name;
    this.policy = policy;
    this.counters = counters;
    this.text = text;
    this.lines = lines;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Policy> policy() {
    return policy;
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public List<Rule> rules() {
    if (!isOneRuleEach()) {
      return rulesOfLists();
    }
    IntStream numbers = Arrays.stream(lines);
    return (lines.length > SIDE_BY_SIDE ? numbers.parallel() : numbers)
        .mapToObj(line -> text.rules(line).getFirst())
        .toList();
  }

  private boolean isOneRuleEach() {
    for (int i = 1; i < lines.length; i++) {
      if (lines[i] <= lines[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private List<Rule> rulesOfLists() {
    List<Rule> rules = new ArrayList<>(lines.length);
    Map<Integer, Iterator<Rule>> begun = new HashMap<>();
    for (int line : lines) {
      rules.add(begun.computeIfAbsent(line, it -> text.rules(it).iterator()).next());
    }
    return rules;
  }

  @Override
  public List<String> callees() {
    List<String> callees = new ArrayList<>(lines.length);
    for (int line : lines) {
      text.callee(line).ifPresent(callees::add);
    }
    return callees;
  }

  @Override
  public boolean isLeaf() {
    for (int line : lines) {
      if (text.calls(line)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the rules of another chain are written in the same lines, so that they are the same
  /// but for their numbers.
  public boolean isWrittenLike(WrittenChain other) {
    if (lines.length != other.lines.length) {
      return false;
    }
    for (int i = 0; i < lines.length; i++) {
      if (!text.isSame(lines[i], other.text, other.lines[i])) {
        return false;
      }
    }
    return isOneRuleEach() && other.isOneRuleEach();
  }

  /// Whether an option that begins with a letter, `-i` or `--in-interface`, may stand in its lines.
  public boolean mayHaveOption(char letter) {
    return Arrays.stream(lines).anyMatch(line -> text.mayHaveOption(line, letter));
  }
}
