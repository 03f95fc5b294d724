package dev.kproxy.iptables.line;

import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a line for a value that differs in lines that are else the same: it stands behind its
/// option, in a spelling that is right for sure. Where there is any doubt, there is no slot.
enum Slot {
  /// `-s`: one address, with the length of its mask or without.
  SOURCE,
  /// `-d`: as [#SOURCE].
  DESTINATION,
  /// `--comment`: in quotes, of ASCII without quotes or backslashes.
  COMMENT,
  /// `--dport`: one port, by its number.
  PORT,
  /// `--name`: a list of `-m recent`.
  LIST,
  /// `--probability`: a fraction of 1 with ten decimals, as kube-proxy writes it, or eleven.
  PROBABILITY,
  /// `-j`, `-g`: the name of a chain at the end of the line, which cannot be that of a target.
  CALLEE,
  /// `--to-destination`: one address and a port; an address of IPv6 stands in brackets.
  TRANSLATION;

  private static final int COMMENT_LIMIT = 255;

  /// Two values that it takes.
  List<String> examples(Family family) {
    boolean v4 = family == Family.IPV4;
    return switch (this) {
      case SOURCE -> v4 ? List.of("192.0.2.1", "192.0.2.2") : List.of("fd00::1", "fd00::2");
      case DESTINATION -> v4 ? List.of("192.0.2.3", "192.0.2.4") : List.of("fd00::3", "fd00::4");
      case COMMENT -> List.of("\"a\"", "\"b\"");
      case PORT -> List.of("1", "2");
      case LIST -> List.of("c", "d");
      case PROBABILITY -> List.of("0.50000000000", "0.3333333333");
      case CALLEE -> List.of("e", "f");
      case TRANSLATION ->
          v4 ? List.of("192.0.2.5:3", "192.0.2.6:4") : List.of("[fd00::5]:3", "[fd00::6]:4");
    };
  }

  /// The slot behind an option, or null.
  static @Nullable Slot after(String option) {
    return switch (option) {
      case "-s" -> SOURCE;
      case "-d" -> DESTINATION;
      case "--comment" -> COMMENT;
      case "--dport" -> PORT;
      case "--name" -> LIST;
      case "--probability" -> PROBABILITY;
      case "-j", "-g", "--jump", "--goto" -> CALLEE;
      case "--to-destination" -> TRANSLATION;
      default -> null;
    };
  }

  /// Where the value ends that begins at `from`; -1 where none does.
  ///
  /// @param to the end of the line
  int end(byte[] text, int from, int to, Family family) {
    return switch (this) {
      case SOURCE, DESTINATION -> addresses(text, from, to, family);
      case COMMENT -> comment(text, from, to);
      case PORT -> number(text, from, to, 65535);
      case LIST -> list(text, from, to);
      case PROBABILITY -> probability(text, from, to);
      case CALLEE -> callee(text, from, to);
      case TRANSLATION -> translation(text, from, to, family);
    };
  }

  /// Where the `[packets:bytes]` end that begin at `from`, or -1.
  static int counters(byte[] text, int from, int to) {
    int end = count(text, from + 1, to, ':');
    return end < 0 ? -1 : count(text, end, to, ']');
  }

  private static int count(byte[] text, int from, int to, char closing) {
    int at = from;
    while (at < to && at < from + 18 && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at > from && at < to && text[at] == closing ? at + 1 : -1;
  }

  private static int addresses(byte[] text, int from, int to, Family family) {
    int end = ip(text, from, to, family);
    return end > 0 && end < to && text[end] == '/' ? number(text, end + 1, to, family.bits()) : end;
  }

  private static int ip(byte[] text, int from, int to, Family family) {
    if (family == Family.IPV4) {
      return quad(text, from, to);
    }
    int end = from;
    while (end < to && (text[end] == ':' || Character.digit(text[end], 16) >= 0)) {
      end++;
    }
    String ip = new String(text, from, end - from, StandardCharsets.US_ASCII);
    return Ip.parse(ip).isPresent() ? end : -1;
  }

  private static int quad(byte[] text, int from, int to) {
    int end = number(text, from, to, 255);
    for (int octets = 1; octets < 4; octets++) {
      if (end < 0 || end == to || text[end] != '.') {
        return -1;
      }
      end = number(text, end + 1, to, 255);
    }
    return end;
  }

  /// A decimal number without leading zeros, which would make it octal.
  private static int number(byte[] text, int from, int to, int max) {
    int number = 0;
    int at = from;
    while (at < to && text[at] >= '0' && text[at] <= '9') {
      number = number * 10 + text[at] - '0';
      if (number > max || (at > from && text[from] == '0')) {
        return -1;
      }
      at++;
    }
    return at == from ? -1 : at;
  }

  private static int comment(byte[] text, int from, int to) {
    if (from + 1 >= to || text[from] != '"' || text[from + 1] == '-') {
      return -1;
    }
    int limit = Math.min(to, from + COMMENT_LIMIT + 2);
    for (int i = from + 1; i < limit; i++) {
      if (text[i] == '"') {
        return i + 1;
      }
      if (text[i] == '\\' || text[i] < 0) {
        return -1;
      }
    }
    return -1;
  }

  private static int list(byte[] text, int from, int to) {
    int at = from;
    while (at < to && (isAlphanumeric(text[at]) || (text[at] == '-' && at > from))) {
      at++;
    }
    return at == from ? -1 : at;
  }

  private static boolean isAlphanumeric(byte c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  }

  private static int probability(byte[] text, int from, int to) {
    if (from + 1 >= to || text[from] != '0' || text[from + 1] != '.') {
      return -1;
    }
    int at = from + 2;
    while (at < to && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    int decimals = at - from - 2;
    return decimals == 10 || decimals == 11 ? at : -1;
  }

  private static int callee(byte[] text, int from, int to) {
    if (from >= to || text[from] == '-' || text[from] == '!') {
      return -1;
    }
    for (int i = from; i < to; i++) {
      if (text[i] <= ' ' || text[i] == '"' || text[i] == 0x7f) {
        return -1;
      }
    }
    return Extensions.isTarget(new String(text, from, to - from, StandardCharsets.US_ASCII))
        ? -1
        : to;
  }

  private static int translation(byte[] text, int from, int to, Family family) {
    int end;
    if (family == Family.IPV4) {
      end = quad(text, from, to);
    } else {
      end = from < to && text[from] == '[' ? ip(text, from + 1, to, family) : -1;
      end = end > 0 && end < to && text[end] == ']' ? end + 1 : -1;
    }
    return end > 0 && end < to && text[end] == ':' ? number(text, end + 1, to, 65535) : -1;
  }
}
