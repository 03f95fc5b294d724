package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.FieldType.Decoded;
import dev.kproxy.manifest.config.Report.Origin;
import dev.kproxy.manifest.config.Schema.Field;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.util.Map;
import java.util.Optional;

/// Takes a KubeProxyConfiguration apart into the values of its fields, as kube-proxy's lenient
/// decoding does: a value of a wrong type is a fault, a field that is not known a note.
final class ConfigurationDecoder {
  /// Fields of earlier releases that many files still hold, with what became of them.
  private static final Map<String, String> DROPPED =
      Map.of(
          "udpIdleTimeout", "was dropped in 1.26, together with the mode userspace",
          "resourceContainer", "was dropped: kube-proxy no longer moves itself to a cgroup",
          "conntrack.max", "was dropped in favour of conntrack.maxPerCore and conntrack.min");

  private final Origin.InFile document;
  private final Settings settings;
  private final Report report;

  ConfigurationDecoder(Origin.InFile document, Settings settings, Report report) {
    this.document = document;
    this.settings = settings;
    this.report = report;
  }

  /// Reads the whole object; its kind and version are not looked at.
  void decode(Value.Mapping configuration) {
    section(configuration, "");
  }

  private void section(Value.Mapping section, String prefix) {
    for (Value.Field field : section.fields()) {
      String path = prefix + field.name();
      Field<?> known = Schema.inFiles().get(path);
      if (known != null) {
        value(known, field.value());
      } else if (isSection(path)) {
        subsection(field.value(), path);
      } else if (!path.equals("apiVersion") && !path.equals("kind")) {
        unknown(field, path);
      }
    }
  }

  private static boolean isSection(String path) {
    return Schema.inFiles().keySet().stream().anyMatch(known -> known.startsWith(path + "."));
  }

  private void subsection(Value value, String path) {
    if (value instanceof Value.Mapping mapping) {
      section(mapping, path + ".");
    } else if (!isNull(value)) {
      wrongType(value, path, "an object");
    }
  }

  private <T> void value(Field<T> field, Value value) {
    if (isNull(value) && (field.nullable() || field.type().takesNull())) {
      return;
    }
    Decoded<T> decoded = field.type().decode().apply(value);
    if (decoded instanceof Decoded.Bad<T>(Value at, String below, String wanted)) {
      settings.spoil(field);
      wrongType(at, field.path() + below, wanted);
    } else if (decoded instanceof Decoded.Good<T>(T read)
        && (field.nullable() || !read.equals(field.type().zero()))) {
      settings.put(field, read, document.of(value));
    }
  }

  private void wrongType(Value value, String path, String wanted) {
    report.error(
        Code.WRONG_TYPE, document.of(value), path, "must be " + wanted + ", not " + name(value));
  }

  private void unknown(Value.Field field, String path) {
    String what =
        Optional.ofNullable(DROPPED.get(path))
            .or(() -> otherCase(path).map(right -> "is unknown: the field is spelled " + right))
            .orElse("is unknown to kube-proxy 1.36");
    Value place = new Scalar(Kind.NULL, "", field.line(), field.column());
    report.note(Code.CONFIGURATION_UNKNOWN, document.of(place), path, what + "; it has no effect");
  }

  private static Optional<String> otherCase(String path) {
    return Schema.inFiles().keySet().stream().filter(path::equalsIgnoreCase).findFirst();
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar scalar && scalar.kind() == Kind.NULL;
  }

  private static String name(Value value) {
    return switch (value) {
      case Value.Mapping _ -> "an object";
      case Value.Sequence _ -> "a list";
      case Scalar(Kind kind, String text, int _, int _) ->
          switch (kind) {
            case NULL -> "null";
            case BOOLEAN -> text;
            case INTEGER, FLOAT -> "the number " + text;
            case STRING -> "the string " + Printable.quote(text);
          };
    };
  }
}
