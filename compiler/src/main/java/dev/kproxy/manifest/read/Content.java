package dev.kproxy.manifest.read;

import dev.kproxy.manifest.text.Value;
import java.util.List;

/// The content of a value: what it says, whatever its place and the order of its fields.
final class Content {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private Content() {}

  /// A number that is the same for values of the same content, and hardly ever for others.
  static long digest(Value value) {
    return switch (value) {
      case Value.Scalar s -> mix(s.kind().name().hashCode(), s.text().hashCode());
      case Value.Sequence s -> digest(s.items());
      case Value.Mapping m -> {
        long sum = 7;
        for (Value.Field field : m.fields()) {
          sum += mix(field.name().hashCode(), digest(field.value()));
        }
        yield mix(sum, m.fields().size());
      }
    };
  }

  private static long digest(List<Value> items) {
    long all = 11;
    for (Value item : items) {
      all = mix(all, digest(item));
    }
    return all;
  }

  private static long mix(long a, long b) {
    long x = (a * 31 + b) * MIX;
    return ((x ^ (x >>> 32)) * MIX) ^ (x >>> 29);
  }
}
