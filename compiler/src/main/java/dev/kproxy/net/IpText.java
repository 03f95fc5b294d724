package dev.kproxy.net;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The text form of addresses: both directions of it.
final class IpText {
  private IpText() {}

  static Optional<Ip> parse(String text, boolean leadingZeros) {
    // Neither form is longer: 8 groups of 4 digits, 7 colons, and an IPv4 tail.
    if (text.isEmpty() || text.length() > 45) {
      return Optional.empty();
    }
    if (text.indexOf(':') >= 0) {
      return parseV6(text, leadingZeros);
    }
    long bits = parseV4(text, 0, leadingZeros);
    return bits < 0 ? Optional.empty() : Optional.of(new Ip.V4((int) bits));
  }

  /// The 32 bits of the dotted quad that begins at `from` and ends with the text, or -1.
  private static long parseV4(String text, int from, boolean leadingZeros) {
    long bits = 0;
    int octets = 0;
    int digits = 0;
    int octet = 0;
    for (int i = from; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (digits == 0 || ++octets > 4) {
          return -1;
        }
        bits = bits << 8 | octet;
        octet = 0;
        digits = 0;
      } else if (c >= '0' && c <= '9') {
        if (digits > 0 && octet == 0 && !leadingZeros) {
          return -1;
        }
        octet = octet * 10 + (c - '0');
        digits++;
        if (octet > 255) {
          return -1;
        }
      } else {
        return -1;
      }
    }
    return octets == 4 ? bits : -1;
  }

  private static Optional<Ip> parseV6(String text, boolean leadingZeros) {
    int[] groups = new int[8];
    int count = 0;
    int ellipsis = -1;
    int i = 0;
    int length = text.length();
    if (text.startsWith("::")) {
      ellipsis = 0;
      i = 2;
    }
    while (i < length) {
      if (count == 8) {
        return Optional.empty();
      }
      int end = i;
      int group = 0;
      while (end < length && end - i < 5 && Character.digit(text.charAt(end), 16) >= 0) {
        if (text.charAt(end) > 'f') {
          return Optional.empty();
        }
        group = group << 4 | Character.digit(text.charAt(end), 16);
        end++;
      }
      if (end < length && text.charAt(end) == '.') {
        long v4 = count <= 6 ? parseV4(text, i, leadingZeros) : -1;
        if (v4 < 0 || (ellipsis < 0 && count != 6)) {
          return Optional.empty();
        }
        groups[count++] = (int) (v4 >>> 16);
        groups[count++] = (int) (v4 & 0xffff);
        break;
      }
      if (end == i || end - i > 4) {
        return Optional.empty();
      }
      groups[count++] = group;
      i = end;
      if (i == length) {
        break;
      }
      if (text.charAt(i) != ':' || i + 1 == length) {
        return Optional.empty();
      }
      i++;
      if (text.charAt(i) == ':') {
        if (ellipsis >= 0) {
          return Optional.empty();
        }
        ellipsis = count;
        i++;
      }
    }
    if (ellipsis < 0 ? count != 8 : count == 8) {
      return Optional.empty();
    }
    return Optional.of(join(groups, count, ellipsis));
  }

  private static Ip join(int[] groups, int count, int ellipsis) {
    long[] half = new long[2];
    for (int k = 0; k < count; k++) {
      int at = ellipsis >= 0 && k >= ellipsis ? 8 - count + k : k;
      half[at / 4] |= (long) groups[k] << (48 - at % 4 * 16);
    }
    return half[0] == 0 && half[1] >>> 32 == 0xffff
        ? new Ip.V4((int) half[1])
        : new Ip.V6(half[0], half[1]);
  }

  static String print(Ip.V4 ip) {
    byte[] text = new byte[15];
    int length = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
      int octet = ip.bits() >>> shift & 255;
      if (octet >= 100) {
        text[length++] = (byte) ('0' + octet / 100);
      }
      if (octet >= 10) {
        text[length++] = (byte) ('0' + octet / 10 % 10);
      }
      text[length++] = (byte) ('0' + octet % 10);
      if (shift > 0) {
        text[length++] = '.';
      }
    }
    return new String(text, 0, length, StandardCharsets.ISO_8859_1);
  }

  static String print(Ip.V6 ip) {
    int run = 0;
    int runLength = 1;
    for (int i = 0; i < 8; i++) {
      int zeros = 0;
      while (i + zeros < 8 && group(ip, i + zeros) == 0) {
        zeros++;
      }
      if (zeros > runLength) {
        run = i;
        runLength = zeros;
      }
      i += zeros;
    }
    StringBuilder out = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (runLength > 1 && i == run) {
        out.append("::");
        i += runLength - 1;
      } else {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(group(ip, i)));
      }
    }
    return out.toString();
  }

  private static int group(Ip.V6 ip, int index) {
    long half = index < 4 ? ip.high() : ip.low();
    return (int) (half >>> (48 - index % 4 * 16)) & 0xffff;
  }
}
