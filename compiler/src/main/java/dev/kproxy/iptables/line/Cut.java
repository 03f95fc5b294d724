package dev.kproxy.iptables.line;

import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.net.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A line with its slots cut out.
///
/// @param pieces what stands before each slot and, last, behind all of them
/// @param values of the slots, in the order in which they stand
/// @param target the target that the line names, which a table may have a chain of that name for
record Cut(List<byte[]> pieces, Map<Slot, String> values, Optional<String> target) {
  /// Cuts a line; empty where something in it is in doubt.
  static Optional<Cut> of(Family family, byte[] text) {
    List<byte[]> pieces = new ArrayList<>();
    Map<Slot, String> values = new LinkedHashMap<>();
    Optional<String> target = Optional.empty();
    int to = text.length;
    int done = 0;
    int at = 0;
    while (at < to) {
      int end = wordEnd(text, at);
      if (end < 0) {
        return Optional.empty();
      }
      Slot slot = Slot.after(string(text, at, end));
      at = end + 1;
      if (slot == null || at > to || values.containsKey(slot)) {
        continue;
      }
      int valueEnd = slot.end(text, at, to, family);
      if (valueEnd > 0 && (valueEnd == to || text[valueEnd] == ' ')) {
        pieces.add(Arrays.copyOfRange(text, done, at));
        values.put(slot, string(text, at, valueEnd));
        done = valueEnd;
        at = valueEnd + 1;
      } else if (slot == Slot.CALLEE) {
        target = Optional.of(string(text, at, Math.max(at, wordEnd(text, at))));
        if (!Extensions.isTarget(target.get())) {
          return Optional.empty();
        }
      }
    }
    pieces.add(Arrays.copyOfRange(text, done, to));
    return Optional.of(new Cut(pieces, values, target));
  }

  private static String string(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.US_ASCII);
  }

  /// Where the word ends that begins at `from`; -1 where it is not of ASCII and parted by blanks.
  private static int wordEnd(byte[] text, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == ' ') {
        return i;
      }
      if (text[i] < ' ' || text[i] == '"') {
        return -1;
      }
    }
    return text.length;
  }

  /// The line with a value of its own in each slot.
  String other(Family family) {
    StringBuilder line = new StringBuilder();
    int piece = 0;
    for (Map.Entry<Slot, String> value : values.entrySet()) {
      List<String> examples = value.getKey().examples(family);
      line.append(new String(pieces.get(piece++), StandardCharsets.US_ASCII))
          .append(examples.get(examples.getFirst().equals(value.getValue()) ? 1 : 0));
    }
    return line.append(new String(pieces.get(piece), StandardCharsets.US_ASCII)).toString();
  }
}
