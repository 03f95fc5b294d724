package dev.kproxy.manifest.config;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A type of fields: how its values are spelled in a file and in a flag.
///
/// @param noun what a value must be, as `a truth value`
/// @param zero the value that Go gives to what is absent
/// @param takesNull whether `null` in a file counts as absent also where the field is not nullable
/// @param decode the value of a file's JSON, which is not null unless the type does not take it
/// @param parse the value of a flag's text
record FieldType<T>(
    String noun,
    T zero,
    boolean takesNull,
    Function<Value, Decoded<T>> decode,
    Function<String, Optional<T>> parse) {

  /// What became of a value of a file.
  sealed interface Decoded<T> {
    /// It is one of the type.
    record Good<T>(T value) implements Decoded<T> {}

    /// It is none.
    ///
    /// @param at the value at fault: the whole, or one inside it
    /// @param below the path from the whole to it, as `[0].verbosity`
    /// @param wanted what it must be
    record Bad<T>(Value at, String below, String wanted) implements Decoded<T> {}

    /// What `next` makes of a good value; the path of a bad one begins with `step`.
    default <U> Decoded<U> then(String step, Function<T, Decoded<U>> next) {
      return switch (this) {
        case Good<T>(T value) -> next.apply(value);
        case Bad<T>(Value at, String below, String wanted) -> new Bad<>(at, step + below, wanted);
      };
    }
  }

  /// One entry of `logging.vmodule`.
  record FileVerbosity(String filePattern, long verbosity) {}

  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  static final FieldType<Boolean> BOOLEAN =
      scalar("a truth value", false, FieldType::bool, FieldType::parseBool);

  static final FieldType<Long> INT32 =
      scalar(
          "a whole number of 32 bits",
          0L,
          value -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE),
          text -> GoNumber.parseInteger(text, Integer.MIN_VALUE, Integer.MAX_VALUE));

  /// A klog level: of 32 bits in a file and of 31 in a flag.
  static final FieldType<Long> VERBOSITY =
      scalar(
          "a whole number from 0",
          0L,
          value -> text(value, Kind.INTEGER).flatMap(it -> unsigned(it, 0xffff_ffffL)),
          text -> unsigned(text, Integer.MAX_VALUE));

  static final FieldType<Float> FLOAT32 =
      scalar("a number", 0f, FieldType::number, GoNumber::parseFloat);

  static final FieldType<String> STRING = scalar("a string", "", FieldType::string, Optional::of);

  /// Text that commas divide; a flag is divided even where it is empty.
  static final FieldType<List<String>> COMMA_SEPARATED =
      scalar(
          "a string",
          List.of(),
          value -> string(value).map(text -> text.isEmpty() ? List.of() : commas(text)),
          text -> Optional.of(commas(text)));

  static final FieldType<List<String>> STRINGS =
      new FieldType<>(
          "a list of strings",
          List.of(),
          true,
          value -> list(value, "a list of strings", FieldType::stringItem),
          FieldType::parseStrings);

  static final FieldType<Duration> DURATION =
      new FieldType<>(
          "a duration such as \"30s\"",
          Duration.ZERO,
          false,
          value -> decoded(value, "a duration such as \"30s\"", duration(value)),
          GoDuration::parse);

  /// A duration that may also be a number of nanoseconds, as `logging.flushFrequency` once was.
  static final FieldType<Duration> DURATION_OR_NANOSECONDS =
      scalar(
          "a duration such as \"5s\"",
          Duration.ZERO,
          value ->
              duration(value)
                  .or(() -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE).map(Duration::ofNanos)),
          GoDuration::parse);

  /// A quantity of Kubernetes, of which only the text is kept.
  static final FieldType<String> QUANTITY =
      scalar("a quantity such as \"64Ki\"", "0", FieldType::quantity, GoNumber::parseQuantity);

  static final FieldType<Map<String, Boolean>> GATES =
      new FieldType<>(
          "a map of names to truth values",
          Map.of(),
          true,
          FieldType::gates,
          FieldType::parseGates);

  static final FieldType<List<FileVerbosity>> VMODULE =
      new FieldType<>(
          "a list of file patterns with a verbosity",
          List.of(),
          true,
          value -> list(value, "a list", FieldType::fileVerbosity),
          FieldType::parseVmodule);

  private static <T> FieldType<T> scalar(
      String noun,
      T zero,
      Function<Value, Optional<T>> decode,
      Function<String, Optional<T>> parse) {
    return new FieldType<>(
        noun, zero, true, value -> decoded(value, noun, decode.apply(value)), parse);
  }

  private static <T> Decoded<T> decoded(Value value, String noun, Optional<T> read) {
    return read.<Decoded<T>>map(Decoded.Good::new)
        .orElseGet(() -> new Decoded.Bad<>(value, "", noun));
  }

  /// The JSON text of a value, where it is one of these kinds.
  private static Optional<String> text(Value value, Kind... kinds) {
    return value instanceof Scalar scalar && Arrays.asList(kinds).contains(scalar.kind())
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  private static boolean isNull(Value value) {
    return text(value, Kind.NULL).isPresent();
  }

  private static Optional<Boolean> bool(Value value) {
    return text(value, Kind.BOOLEAN).map("true"::equals);
  }

  /// As Go's `strconv.ParseBool`.
  private static Optional<Boolean> parseBool(String text) {
    return TRUE.contains(text) || FALSE.contains(text)
        ? Optional.of(TRUE.contains(text))
        : Optional.empty();
  }

  private static Optional<Long> integer(Value value, long least, long most) {
    return text(value, Kind.INTEGER).flatMap(it -> GoNumber.parseDecimal(it, least, most));
  }

  private static Optional<Long> unsigned(String text, long most) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    return signed ? Optional.empty() : GoNumber.parseDecimal(text, 0, most);
  }

  private static Optional<Float> number(Value value) {
    return text(value, Kind.INTEGER, Kind.FLOAT).flatMap(GoNumber::parseFloat);
  }

  private static Optional<String> string(Value value) {
    return text(value, Kind.STRING);
  }

  private static List<String> commas(String text) {
    return List.of(text.split(",", -1));
  }

  private static Optional<Duration> duration(Value value) {
    return string(value).flatMap(GoDuration::parse);
  }

  private static Optional<String> quantity(Value value) {
    return text(value, Kind.STRING, Kind.INTEGER, Kind.FLOAT)
        .map(String::strip)
        .flatMap(GoNumber::parseQuantity);
  }

  private static <T> Decoded<List<T>> list(
      Value value, String noun, Function<Value, Decoded<T>> decode) {
    if (!(value instanceof Value.Sequence sequence)) {
      return new Decoded.Bad<>(value, "", noun);
    }
    List<T> items = new ArrayList<>();
    for (Value item : sequence.items()) {
      switch (decode.apply(item)) {
        case Decoded.Good<T>(T read) -> items.add(read);
        case Decoded.Bad<T>(Value at, String below, String wanted) -> {
          return new Decoded.Bad<>(at, "[" + items.size() + "]" + below, wanted);
        }
      }
    }
    return new Decoded.Good<>(List.copyOf(items));
  }

  private static Decoded<String> stringItem(Value value) {
    return isNull(value) ? new Decoded.Good<>("") : STRING.decode.apply(value);
  }

  /// As a line of CSV, in which no value of ours needs a quote.
  private static Optional<List<String>> parseStrings(String text) {
    if (text.isEmpty()) {
      return Optional.of(List.of());
    }
    return text.matches("[^\"\\r\\n]*") ? Optional.of(commas(text)) : Optional.empty();
  }

  private static Decoded<Map<String, Boolean>> gates(Value value) {
    if (!(value instanceof Value.Mapping mapping)) {
      return new Decoded.Bad<>(value, "", "a map of names to truth values");
    }
    Map<String, Boolean> gates = new LinkedHashMap<>();
    for (Value.Field field : mapping.fields()) {
      Optional<Boolean> on = isNull(field.value()) ? Optional.of(false) : bool(field.value());
      if (on.isEmpty()) {
        return new Decoded.Bad<>(field.value(), "." + field.name(), BOOLEAN.noun);
      }
      gates.put(field.name(), on.get());
    }
    return new Decoded.Good<>(gates);
  }

  private static Optional<Map<String, Boolean>> parseGates(String text) {
    Map<String, Boolean> gates = new LinkedHashMap<>();
    for (String pair : commas(text)) {
      int equals = pair.indexOf('=');
      Optional<Boolean> on =
          equals < 0 ? Optional.empty() : parseBool(pair.substring(equals + 1).strip());
      if (on.isPresent()) {
        gates.put(pair.substring(0, equals).strip(), on.get());
      } else if (!pair.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(gates);
  }

  private static Decoded<FileVerbosity> fileVerbosity(Value value) {
    if (isNull(value)) {
      return new Decoded.Good<>(new FileVerbosity("", 0));
    }
    if (!(value instanceof Value.Mapping entry)) {
      return new Decoded.Bad<>(value, "", "an object");
    }
    return member(entry, "filePattern", STRING)
        .then(
            "",
            pattern ->
                member(entry, "verbosity", VERBOSITY)
                    .then("", level -> new Decoded.Good<>(new FileVerbosity(pattern, level))));
  }

  private static <T> Decoded<T> member(Value.Mapping mapping, String name, FieldType<T> type) {
    Optional<Value> value = mapping.get(name).filter(it -> !isNull(it));
    return value.isEmpty()
        ? new Decoded.Good<>(type.zero)
        : type.decode.apply(value.get()).then("." + name, Decoded.Good::new);
  }

  private static Optional<List<FileVerbosity>> parseVmodule(String text) {
    List<FileVerbosity> entries = new ArrayList<>();
    for (String entry : commas(text)) {
      List<String> sides = List.of(entry.split("=", -1));
      Optional<Long> level =
          sides.size() == 2 ? VERBOSITY.parse.apply(sides.getLast()) : Optional.empty();
      if (level.isPresent() && !sides.getFirst().isEmpty()) {
        entries.add(new FileVerbosity(sides.getFirst(), level.get()));
      } else if (!entry.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(List.copyOf(entries));
  }
}
