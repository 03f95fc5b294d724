package dev.kproxy.symbolic.rules;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Many things of which each is there for some packets, found by these: entries of a set, virtual
/// servers.
public final class Boxes<T> {
  private final List<Box<T>> all = new ArrayList<>();
  private final NavigableMap<Ranges, List<Box<T>>> byDestination = new TreeMap<>(Ranges.BY_FIRST);
  private final List<Box<T>> elsewhere = new ArrayList<>();

  /// Things, each with its packets.
  public Boxes(List<Box<T>> boxes) {
    for (Box<T> box : boxes) {
      all.add(box);
      Ranges destination = box.values(Field.DESTINATION).orElse(Ranges.NONE);
      List<Box<T>> into =
          destination.isSingle()
              ? byDestination.computeIfAbsent(destination, _ -> new ArrayList<>(1))
              : elsewhere;
      into.add(box);
    }
  }

  /// A thing and its packets.
  ///
  /// @param questions all of whose answers are yes for them
  /// @param what the thing
  public record Box<T>(List<Question> questions, T what) {
    public Box {
      questions = List.copyOf(questions);
    }

    /// Those of some packets that it is there for; empty where there is none.
    public Optional<PacketSet> of(PacketSet packets) {
      return Question.narrow(packets, questions);
    }

    /// The values of a field that are asked for, where it is asked.
    Optional<Ranges> values(Field field) {
      return questions.stream()
          .filter(question -> question.field() == field)
          .map(Question::values)
          .reduce(Ranges::and);
    }

    private boolean meets(PacketSet packets) {
      for (Question question : questions) {
        if (!question.values().meets(packets.get(question.field()))) {
          return false;
        }
      }
      return true;
    }
  }

  /// All of them.
  public List<Box<T>> all() {
    return all;
  }

  /// Shows those that are there for some of these packets, in no order.
  public void forEachOf(PacketSet packets, Consumer<Box<T>> sink) {
    show(elsewhere, packets, sink);
    for (Ranges destinations : packets.get(Field.DESTINATION).parts()) {
      Ranges last = Ranges.of(destinations.last(0, packets.family()));
      byDestination
          .subMap(destinations, true, last, true)
          .values()
          .forEach(boxes -> show(boxes, packets, sink));
    }
  }

  private static <T> void show(List<Box<T>> boxes, PacketSet packets, Consumer<Box<T>> sink) {
    for (Box<T> box : boxes) {
      if (box.meets(packets)) {
        sink.accept(box);
      }
    }
  }

  /// What holds for every packet that one of them is there for.
  List<Question> together() {
    List<Question> questions = new ArrayList<>();
    for (Field field : Field.values()) {
      List<Ranges> values = all.stream().flatMap(box -> box.values(field).stream()).toList();
      if (values.size() == all.size()) {
        questions.add(new Question(field, Ranges.union(values)));
      }
    }
    return questions;
  }
}
