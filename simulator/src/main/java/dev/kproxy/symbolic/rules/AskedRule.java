package dev.kproxy.symbolic.rules;

import dev.kproxy.ipset.Entry;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A rule, and what it asks of packets.
///
/// @param rule as it was read
/// @param all questions all of whose answers are yes for each packet that it holds for
/// @param further questions whose answers matter, too
/// @param sets the entries of the sets that it asks, of each of which it matters whether a packet
///   is one of its own
/// @param isExact whether packets with the same answers fare the same
public record AskedRule(
    Rule rule,
    List<Question> all,
    List<Question> further,
    List<Boxes<Entry>> sets,
    boolean isExact) {
  /// What a rule asks.
  ///
  /// @param table that it stands in; before connection tracking has seen a packet, its state is
  ///   none
  static AskedRule of(Rule rule, Questions questions, String table) {
    boolean tracked = !table.equals("raw");
    List<Question> all = new ArrayList<>(4);
    List<Question> further = new ArrayList<>(0);
    List<Boxes<Entry>> sets = new ArrayList<>(0);
    boolean exact = true;
    for (Match match : rule.matches()) {
      Questions.Asked asked = questions.of(match, table);
      for (Question question : asked.all()) {
        if (tracked || question.field() != Field.STATE) {
          all.add(question);
        }
      }
      further.addAll(asked.further());
      questions.entries(match).ifPresent(sets::add);
      exact &= asked.isExact();
    }
    return new AskedRule(rule, all, further, sets, exact);
  }

  /// Those of some packets that it may hold for; empty where it holds for none.
  public Optional<PacketSet> of(PacketSet packets) {
    return Question.narrow(packets, all);
  }

  /// The one value of a field that it can hold for, or null.
  public @Nullable Ranges only(Field field) {
    for (Question question : all) {
      if (question.field() == field && question.values().isSingle()) {
        return question.values();
      }
    }
    return null;
  }
}
