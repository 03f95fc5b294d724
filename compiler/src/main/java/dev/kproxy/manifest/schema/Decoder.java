package dev.kproxy.manifest.schema;

import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Path;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.manifest.fields.Report;
import dev.kproxy.manifest.schema.Schema.Leaf;
import dev.kproxy.manifest.schema.Schema.ListOf;
import dev.kproxy.manifest.schema.Schema.MapOf;
import dev.kproxy.manifest.schema.Schema.Struct;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Code;
import java.util.Map;

/// Holds the values of an object against the types of its fields, as the API server's decoder does
/// before it looks at anything else.
///
/// A value of another type is a fault; a field that the type does not have is a note, since the API
/// server drops it where it is not told to be strict.
public final class Decoder {
  private final Report report;

  private Decoder(Report report) {
    this.report = report;
  }

  /// Reports every value that has not the type of its field, and every field that the kind does not
  /// have.
  ///
  /// @return whether all types are right
  public static boolean check(Value.Mapping object, Kind kind, Report report) {
    new Decoder(report).check(object, Schemas.of(kind), Path.ROOT);
    return !report.failed();
  }

  private void check(Value value, Schema type, Path path) {
    if (isNull(value)) {
      return;
    }
    if (type instanceof Struct(Map<String, Schema> fields) && value instanceof Value.Mapping m) {
      for (Value.Field field : m.fields()) {
        Schema known = fields.get(field.name());
        if (known == null) {
          unknown(field, fields, path);
        } else {
          checkField(field, known, path);
        }
      }
    } else if (type instanceof MapOf(Schema each) && value instanceof Value.Mapping m) {
      for (Value.Field field : m.fields()) {
        checkField(field, each, path);
      }
    } else if (type instanceof ListOf(Schema item) && value instanceof Value.Sequence s) {
      for (int i = 0; i < s.items().size(); i++) {
        checkItem(s.items().get(i), item, path, i);
      }
    } else if (!(type instanceof Leaf leaf) || !fits(value, leaf)) {
      wrong(value, type, path);
    }
  }

  /// Leaves are the most and hardly ever wrong, so their path is made only where they are.
  private void checkField(Value.Field field, Schema type, Path path) {
    if (!(type instanceof Leaf leaf)) {
      check(field.value(), type, path.field(field.name()));
    } else if (!fits(field.value(), leaf)) {
      wrong(field.value(), leaf, path.field(field.name()));
    }
  }

  private void checkItem(Value item, Schema type, Path path, int index) {
    if (!(type instanceof Leaf leaf)) {
      check(item, type, path.item(index));
    } else if (!fits(item, leaf)) {
      wrong(item, leaf, path.item(index));
    }
  }

  private static boolean fits(Value value, Leaf leaf) {
    if (leaf == Leaf.ANY || isNull(value)) {
      return true;
    }
    if (!(value instanceof Scalar(Value.Kind kind, String text, _, _))) {
      return false;
    }
    return switch (leaf) {
      case TEXT -> kind == Value.Kind.STRING;
      case BOOLEAN -> kind == Value.Kind.BOOLEAN;
      case INT32 -> kind == Value.Kind.INTEGER && isWithin(text, 32);
      case INT64 -> kind == Value.Kind.INTEGER && isWithin(text, 64);
      case INT32_OR_TEXT ->
          kind == Value.Kind.STRING || (kind == Value.Kind.INTEGER && isWithin(text, 32));
      case QUANTITY -> kind != Value.Kind.BOOLEAN && Quantity.fits(text);
      case TIME -> kind == Value.Kind.STRING && Timestamp.fits(text);
      case ANY -> true;
    };
  }

  private static boolean isWithin(String integer, int bits) {
    if (integer.length() > 20) {
      return false;
    }
    try {
      long number = Long.parseLong(integer);
      return bits == 64 || number == (int) number;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void wrong(Value value, Schema type, Path path) {
    String message = "must be " + type.describe() + ", not " + describe(value);
    report.fault(Code.WRONG_TYPE, value, path.toString(), message);
  }

  private static String describe(Value value) {
    return switch (value) {
      case Value.Mapping _ -> "a mapping";
      case Value.Sequence _ -> "a list";
      case Scalar(Value.Kind kind, String text, _, _) ->
          switch (kind) {
            case NULL -> "null";
            case BOOLEAN, INTEGER, FLOAT -> Quotation.bare(text);
            case STRING -> "the text " + Quotation.of(text);
          };
    };
  }

  private void unknown(Value.Field field, Map<String, Schema> fields, Path path) {
    String message =
        fields.keySet().stream()
            .filter(known -> known.equalsIgnoreCase(field.name()))
            .findAny()
            .map(known -> "unknown, since case counts: the field is " + known)
            .orElse("unknown to Kubernetes 1.36, and passed over");
    report.unknown(field, path.field(field.name()), message);
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar s && s.kind() == Value.Kind.NULL;
  }
}
