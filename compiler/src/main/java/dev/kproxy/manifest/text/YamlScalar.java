package dev.kproxy.manifest.text;

import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// What a scalar of YAML means to kubectl: YAML 1.1 as go-yaml resolves it, then the JSON that
/// sigs.k8s.io/yaml makes of that.
///
/// `yes`, `on` and `y` are truth values, 010 is 8, 1_000 is 1000, 80.0 and 1e3 are integers; 1:30,
/// dates and numbers too large for a float are strings. Of the tags, those of the core schema are
/// obeyed (`!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, and `!`, which makes a string). All
/// others are errors: `!!binary` and `!!timestamp` too, because the API has neither and go-yaml
/// makes strings of them in silence.
final class YamlScalar {
  private static final String CORE = "tag:yaml.org,2002:";

  private YamlScalar() {}

  /// The value of a scalar.
  ///
  /// @param tag its tag, if it has one
  /// @param plain whether it stands without quotes and is no block
  static Scalar value(@Nullable String tag, boolean plain, String text, int line, int column) {
    if (tag != null) {
      return tagged(tag, text, line, column);
    }
    return plain ? plain(text, line, column) : new Scalar(Kind.STRING, text, line, column);
  }

  /// A number of JSON that stands where kubectl reads YAML.
  static Scalar number(String text, int line, int column) {
    return plain(text, line, column);
  }

  /// The scalar as the name of a field: JSON has only strings there.
  static String name(@Nullable String tag, boolean plain, String text, int line, int column) {
    if (tag == null && (!plain || isString(text))) {
      return text;
    }
    Number number = tag == null && !text.isEmpty() ? GoNumber.parse(text) : null;
    if (number instanceof BigInteger) {
      throw new Fault(
          Code.SYNTAX, line, column, "this number is too large for the name of a field");
    } else if (number != null) {
      return GoNumber.key(number);
    }
    Scalar scalar = value(tag, plain, text, line, column);
    if (scalar.kind() == Kind.NULL) {
      throw nullName(line, column);
    }
    return scalar.text();
  }

  /// The fault of a field without a name.
  static Fault nullName(int line, int column) {
    return new Fault(Code.SYNTAX, line, column, "null cannot be the name of a field");
  }

  /// Whether the tag may stand at a mapping or sequence.
  static boolean isCollectionTag(@Nullable String tag, String kind) {
    return tag == null || tag.equals("!") || tag.equals(CORE + kind);
  }

  /// The fault of a tag that nothing here understands.
  static Fault foreign(String tag, int line, int column) {
    String shown = tag.startsWith(CORE) ? "!!" + tag.substring(CORE.length()) : tag;
    return new Fault(
        Code.TAG, line, column, "the tag " + Printable.quote(shown) + " is not supported");
  }

  private static Scalar tagged(String tag, String text, int line, int column) {
    if (tag.equals("!") || tag.equals(CORE + "str")) {
      return new Scalar(Kind.STRING, text, line, column);
    }
    Scalar scalar = plain(text, line, column);
    boolean fits =
        switch (tag.startsWith(CORE) ? tag.substring(CORE.length()) : "") {
          case "null" -> scalar.kind() == Kind.NULL;
          case "bool" -> scalar.kind() == Kind.BOOLEAN;
          case "int" -> isNumber(scalar) && !(GoNumber.parse(text) instanceof Double);
          case "float" -> isNumber(scalar) && !(GoNumber.parse(text) instanceof BigInteger);
          default -> throw foreign(tag, line, column);
        };
    if (!fits) {
      throw new Fault(
          Code.TAG,
          line,
          column,
          "%s is no !!%s".formatted(Printable.quote(text), tag.substring(CORE.length())));
    }
    if (tag.equals(CORE + "float") && GoNumber.parse(text) instanceof Long whole) {
      return number(whole.doubleValue(), line, column);
    }
    return scalar;
  }

  private static boolean isNumber(Scalar scalar) {
    return scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.FLOAT;
  }

  private static Scalar plain(String text, int line, int column) {
    if (isString(text)) {
      return new Scalar(Kind.STRING, text, line, column);
    }
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> new Scalar(Kind.NULL, "", line, column);
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" ->
          new Scalar(Kind.BOOLEAN, "true", line, column);
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" ->
          new Scalar(Kind.BOOLEAN, "false", line, column);
      default -> {
        if (isDecimal(text)) {
          yield new Scalar(Kind.INTEGER, text, line, column);
        }
        Number number = Character.isLetter(text.charAt(0)) ? null : GoNumber.parse(text);
        yield number == null
            ? new Scalar(Kind.STRING, text, line, column)
            : number(number, line, column);
      }
    };
  }

  /// Whether this is how JSON spells it already.
  private static boolean isDecimal(String text) {
    if (text.length() > 18 || (text.charAt(0) == '0' && text.length() > 1)) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static Scalar number(Number number, int line, int column) {
    if (number instanceof Double value && !Double.isFinite(value)) {
      throw new Fault(Code.SYNTAX, line, column, "JSON has neither infinity nor NaN");
    }
    String json = GoNumber.json(number);
    boolean fraction = json.indexOf('.') >= 0 || json.indexOf('e') >= 0;
    return new Scalar(fraction ? Kind.FLOAT : Kind.INTEGER, json, line, column);
  }

  /// Whether the first character or the length already says that it is a string.
  private static boolean isString(String text) {
    if (text.isEmpty()) {
      return false;
    }
    return switch (text.charAt(0)) {
      case 'y', 'Y', 'n', 'N', 't', 'T', 'f', 'F', 'o', 'O', '~' -> text.length() > 5;
      case '.', '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> false;
      default -> true;
    };
  }
}
