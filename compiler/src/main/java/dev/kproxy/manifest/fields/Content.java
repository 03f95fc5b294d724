package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The content of a value: what it says, whatever its place and the order of its fields.
public final class Content {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private Content() {}

  /// A number that is the same for values of the same content, and hardly ever for others.
  public static long digest(Value value) {
    if (value instanceof Value.Scalar s) {
      return mix(s.kind().name().hashCode(), s.text().hashCode());
    }
    if (value instanceof Value.Sequence s) {
      long all = 11;
      for (Value item : s.items()) {
        all = mix(all, digest(item));
      }
      return all;
    }
    long sum = 7;
    List<Value.Field> fields = ((Value.Mapping) value).fields();
    for (Value.Field field : fields) {
      sum += mix(field.name().hashCode(), digest(field.value()));
    }
    return mix(sum, fields.size());
  }

  private static long mix(long a, long b) {
    long x = (a * 31 + b) * MIX;
    return ((x ^ (x >>> 32)) * MIX) ^ (x >>> 29);
  }

  /// Whether two values have the same content.
  public static boolean isSame(Value a, Value b) {
    return switch (a) {
      case Value.Scalar s ->
          b instanceof Value.Scalar o && s.kind() == o.kind() && s.text().equals(o.text());
      case Value.Sequence s -> b instanceof Value.Sequence o && isSame(s.items(), o.items());
      case Value.Mapping m ->
          b instanceof Value.Mapping o
              && m.fields().size() == o.fields().size()
              && haveSameFields(m, o);
    };
  }

  private static boolean isSame(List<Value> a, List<Value> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!isSame(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean haveSameFields(Value.Mapping a, Value.Mapping b) {
    Map<String, Value> others = new HashMap<>();
    for (Value.Field field : b.fields()) {
      others.put(field.name(), field.value());
    }
    for (Value.Field field : a.fields()) {
      Value other = others.get(field.name());
      if (other == null || !isSame(field.value(), other)) {
        return false;
      }
    }
    return true;
  }
}
