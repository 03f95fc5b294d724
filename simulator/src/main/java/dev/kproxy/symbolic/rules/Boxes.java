package dev.kproxy.symbolic.rules;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Many things of which each is there for some packets, found by these: entries of a set, virtual
/// servers.
public final class Boxes<T> {
  private final List<Box<T>> all = new ArrayList<>();
  private final Map<Ranges, List<Box<T>>> byDestination = new HashMap<>();
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
      Optional<PacketSet> held = Optional.of(packets);
      for (Question question : questions) {
        held = held.flatMap(set -> set.and(question.field(), question.values()));
      }
      return held;
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

  /// Shows those that are there for some of these packets.
  public void forEachOf(PacketSet packets, Consumer<Box<T>> sink) {
    Ranges destination = packets.get(Field.DESTINATION);
    Stream<Box<T>> near =
        destination.isSingle()
            ? Stream.concat(
                elsewhere.stream(), byDestination.getOrDefault(destination, List.of()).stream())
            : all.stream();
    near.filter(box -> box.meets(packets)).forEach(sink);
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
