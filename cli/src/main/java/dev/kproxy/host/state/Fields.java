package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import dev.kproxy.net.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Named texts in one sealed record:
///
/// ```
/// kproxy-state VERSION LENGTH SHA256
/// NAME LENGTH
/// TEXT
/// …
/// ```
///
/// Lengths are in bytes. A record that is not whole, byte for byte, does not open.
final class Fields {
  private static final String MAGIC = "kproxy-state";
  private static final int VERSION = 1;
  private static final byte[] LINE_END = {'\n'};

  private final Map<String, String> texts = new LinkedHashMap<>();

  Fields put(String name, String text) {
    texts.put(name, text);
    return this;
  }

  /// Puts a text for each entry of a map, under names that begin with `group`.
  Fields putAll(String group, Map<?, String> entries) {
    entries.forEach((name, text) -> texts.put(group + "/" + name, text));
    return this;
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  String get(String name) {
    return texts.getOrDefault(name, "");
  }

  /// The entries that [#putAll] put.
  Map<String, String> all(String group) {
    Map<String, String> found = new TreeMap<>();
    String prefix = group + "/";
    texts.forEach(
        (name, text) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), text);
          }
        });
    return found;
  }

  byte[] seal() {
    List<byte[]> body = new ArrayList<>();
    texts.forEach(
        (name, text) -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          body.add((name + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
          body.add(bytes);
          body.add(LINE_END);
        });
    MessageDigest digest = Sha256.digest();
    int length = 0;
    for (byte[] part : body) {
      digest.update(part);
      length += part.length;
    }
    String head = MAGIC + " " + VERSION + " " + length + " " + Sha256.hex(digest) + "\n";
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    ByteBuffer record = ByteBuffer.allocate(start.length + length).put(start);
    body.forEach(record::put);
    return record.array();
  }

  /// The fields of a record; empty where it is damaged.
  ///
  /// @throws HostFault where a newer kproxy wrote it
  static Optional<Fields> open(byte[] record) throws HostFault {
    int end = lineEnd(record, 0);
    String[] head = head(record, end);
    if (end == record.length || head.length != 4 || !head[0].equals(MAGIC)) {
      return Optional.empty();
    }
    int from = end + 1;
    int length = record.length - from;
    if (!head[2].equals(Integer.toString(length)) || !head[3].equals(sum(record, from, length))) {
      return Optional.empty();
    }
    if (!head[1].equals(Integer.toString(VERSION))) {
      throw HostFault.refused("the state directory was written by a newer kproxy");
    }
    return split(record, from);
  }

  /// The SHA-256 that a record claims to have, which [#open] tries.
  static String digest(byte[] record) {
    String[] head = head(record, lineEnd(record, 0));
    return head[head.length - 1];
  }

  private static String[] head(byte[] record, int end) {
    return new String(record, 0, end, StandardCharsets.ISO_8859_1).split(" ", -1);
  }

  private static int lineEnd(byte[] bytes, int from) {
    int end = from;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String sum(byte[] bytes, int from, int length) {
    MessageDigest digest = Sha256.digest();
    digest.update(bytes, from, length);
    return Sha256.hex(digest);
  }

  private static Optional<Fields> split(byte[] body, int start) {
    Fields fields = new Fields();
    int from = start;
    while (from < body.length) {
      int end = lineEnd(body, from);
      String line = new String(body, from, end - from, StandardCharsets.UTF_8);
      int blank = line.lastIndexOf(' ');
      int length = blank < 0 ? -1 : length(line.substring(blank + 1));
      int next = end + 1 + length;
      if (length < 0 || next < 0 || next >= body.length || body[next] != '\n') {
        return Optional.empty();
      }
      fields.put(
          line.substring(0, blank), new String(body, end + 1, length, StandardCharsets.UTF_8));
      from = next + 1;
    }
    return Optional.of(fields);
  }

  private static int length(String digits) {
    return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
  }
}
