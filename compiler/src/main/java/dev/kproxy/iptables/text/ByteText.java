package dev.kproxy.iptables.text;

import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text on its way to a stream, as UTF-8 bytes: rules of large clusters come to a hundred
/// megabytes, so nothing is formatted by way of strings.
final class ByteText {
  private static final int FLUSH_AT = 1 << 16;
  private static final int SLACK = 1024;

  /// What a buffer may have grown to and still be used again.
  private static final int KEPT = 1 << 20;

  /// What iptables-save leaves without quotes.
  private static final boolean[] BARE = new boolean[128];

  static {
    for (char c :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".toCharArray()) {
      BARE[c] = true;
    }
  }

  private final OutputStream out;
  private final Spelling spelling;
  private final int flushAt;
  private byte[] buffer = new byte[FLUSH_AT + SLACK];
  private int length;

  private ByteText(OutputStream out, Spelling spelling, int flushAt) {
    this.out = out;
    this.spelling = spelling;
    this.flushAt = flushAt;
  }

  ByteText(OutputStream out, Spelling spelling) {
    this(out, spelling, FLUSH_AT);
  }

  /// Text that is held until another text takes it.
  static ByteText held(Spelling spelling) {
    return new ByteText(OutputStream.nullOutputStream(), spelling, Integer.MAX_VALUE);
  }

  ByteText add(String text) {
    int count = text.length();
    ensure(count);
    byte[] target = buffer;
    int start = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return add(text.getBytes(StandardCharsets.UTF_8));
      }
      target[start + i] = (byte) c;
    }
    length = start + count;
    return this;
  }

  private ByteText add(byte[] bytes) {
    ensure(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
    return this;
  }

  ByteText add(char ascii) {
    ensure(1);
    buffer[length++] = (byte) ascii;
    return this;
  }

  /// A blank before an option, and the `!` of an inverted one.
  ByteText option(boolean inverted, String name) {
    return add(inverted ? " ! " : " ").add(name);
  }

  /// An unsigned number.
  ByteText add(long number) {
    if (number < 0) {
      return add(Long.toUnsignedString(number));
    }
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits(number, digits);
  }

  /// The last `count` decimal digits of a number that is not negative.
  ByteText digits(long number, int count) {
    ensure(count);
    long rest = number;
    for (int i = length + count - 1; i >= length; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
    return this;
  }

  /// `0x` and at least `width` hexadecimal digits.
  ByteText hex(int number, int width) {
    ensure(10);
    buffer[length++] = '0';
    buffer[length++] = 'x';
    int digits = Math.max(width, (35 - Integer.numberOfLeadingZeros(number | 1)) / 4);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      int digit = number >>> shift & 15;
      buffer[length++] = (byte) (digit < 10 ? '0' + digit : 'a' - 10 + digit);
    }
    return this;
  }

  /// The address as who writes it does: the C library, and so iptables-save, writes the last 32
  /// bits of an IPv4-mapped or IPv4-compatible address with dots, Go only those of the first.
  ByteText add(Ip ip) {
    if (ip instanceof Ip.V4(int bits)) {
      return quad(bits);
    }
    if (ip instanceof Ip.V6(long high, long low) && high == 0) {
      if (low >>> 32 == 0xffff) {
        return add("::ffff:").quad((int) low);
      }
      if (low >>> 32 == 0 && low >>> 16 != 0 && spelling != Spelling.RESTORE) {
        return add("::").quad((int) low);
      }
    }
    return add(ip.toString());
  }

  private ByteText quad(int bits) {
    return add(bits >>> 24 & 255)
        .add('.')
        .add(bits >>> 16 & 255)
        .add('.')
        .add(bits >>> 8 & 255)
        .add('.')
        .add(bits & 255);
  }

  /// An address and the length of its mask, or the mask itself where it has holes.
  ByteText add(MaskedIp addresses) {
    add(addresses.ip()).add('/');
    int prefix = addresses.prefix();
    return prefix < 0 ? add(addresses.mask()) : add(prefix);
  }

  /// The same, but a single address stands alone.
  ByteText addHost(MaskedIp addresses) {
    return addresses.prefix() == addresses.ip().family().bits()
        ? add(addresses.ip())
        : add(addresses);
  }

  /// A string as iptables-save quotes it: bare where it consists of letters, digits, `_` and `-`.
  ByteText quotable(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c >= BARE.length || !BARE[c]) {
        return quoted(string);
      }
    }
    return string.isEmpty() ? add("\"\"") : add(string);
  }

  /// A string in double quotes, whatever it holds.
  ByteText quoted(String string) {
    add('"');
    int done = 0;
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\' || c == '\'') {
        add(string.substring(done, i)).add('\\');
        done = i;
      }
    }
    return add(string.substring(done)).add('"');
  }

  /// A word as it is, and quoted only where it could not be read back otherwise.
  ByteText word(String word) {
    boolean bare = !word.isEmpty() && !word.equals("!") && !word.startsWith("--");
    boolean escapes = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      bare &= c != ' ' && c != '\t' && c != '"';
      escapes |= c == '"' || c == '\\';
    }
    if (bare) {
      return add(word);
    }
    return escapes
        ? add('"').add(word.replace("\\", "\\\\").replace("\"", "\\\"")).add('"')
        : add('"').add(word).add('"');
  }

  /// The end of a line; what has piled up goes out, unless it is held.
  void newLine() {
    add('\n');
    if (length >= flushAt) {
      flush();
    }
  }

  /// What another text holds goes out at once, behind what this one holds.
  void passOn(ByteText held) {
    flush();
    try {
      out.write(held.buffer, 0, held.length);
      held.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void clear() {
    length = 0;
    if (buffer.length > KEPT) {
      buffer = new byte[FLUSH_AT + SLACK];
    }
  }

  void flush() {
    try {
      out.write(buffer, 0, length);
      length = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes room for so many bytes more.
  void ensure(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(length + more, buffer.length * 2));
    }
  }
}
