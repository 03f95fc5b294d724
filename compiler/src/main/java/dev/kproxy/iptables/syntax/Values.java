package dev.kproxy.iptables.syntax;

import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.ProtocolNames;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The numbers, ports and addresses inside the words of a rule.
public final class Values {
  /// The greatest unsigned number of 32 bits.
  public static final long MAX_INT = 0xffff_ffffL;

  private Values() {}

  /// A number as C's strtoul reads it: decimal, `0x` hexadecimal or `0` octal, up to `max`.
  public static Optional<Long> number(String text, long max) {
    int radix = 10;
    int from = 0;
    if (text.startsWith("0x") || text.startsWith("0X")) {
      radix = 16;
      from = 2;
    } else if (text.length() > 1 && text.startsWith("0")) {
      radix = 8;
      from = 1;
    }
    if (from == text.length() || text.length() - from > 16) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      value = value * radix + digit;
      if (value > max) {
        return Optional.empty();
      }
    }
    return Optional.of(value);
  }

  /// A number of the word, up to `max`.
  public static long number(Word word, long max) throws SyntaxException {
    return number(word, word.text(), max);
  }

  private static long number(Word word, String part, long max) throws SyntaxException {
    Optional<Long> number = number(part, max);
    if (number.isEmpty()) {
      throw SyntaxException.at(word, word.shown() + " is no number from 0 to " + max);
    }
    return number.get();
  }

  /// Two numbers around a separator, or one alone and `otherwise`.
  public static long[] pair(Word word, char separator, long max, long otherwise)
      throws SyntaxException {
    int at = word.text().indexOf(separator);
    if (at < 0) {
      return new long[] {number(word, max), otherwise};
    }
    String text = word.text();
    return new long[] {
      number(word, text.substring(0, at), max), number(word, text.substring(at + 1), max)
    };
  }

  /// The IP protocol that the word names.
  public static int protocol(Word word) throws SyntaxException {
    Optional<Integer> number =
        ProtocolNames.number(word.text()).or(() -> number(word.text(), 255).map(Long::intValue));
    if (number.isEmpty()) {
      throw SyntaxException.at(word, word.shown() + " is no protocol");
    }
    return number.get();
  }

  /// `80`, `80:90`, `:90` or `80:`, with another separator where that is said.
  public static PortRange ports(Word word, String text, char separator) throws SyntaxException {
    int at = text.indexOf(separator);
    int first = at == 0 ? 0 : port(word, at < 0 ? text : text.substring(0, at));
    if (at < 0) {
      return PortRange.of(first);
    }
    int last = at + 1 == text.length() ? 65535 : port(word, text.substring(at + 1));
    if (first > last) {
      throw SyntaxException.at(word, word.shown() + " is no range of ports");
    }
    return new PortRange(first, last);
  }

  private static int port(Word word, String text) throws SyntaxException {
    Optional<Integer> port = number(text, 65535).map(Long::intValue).or(() -> service(text));
    if (port.isEmpty()) {
      throw SyntaxException.at(word, word.shown() + " is no port");
    }
    return port.get();
  }

  /// The names of services that hand-written rules use; `/etc/services` belongs to a host.
  private static Optional<Integer> service(String name) {
    return switch (name) {
      case "ssh" -> Optional.of(22);
      case "smtp" -> Optional.of(25);
      case "domain" -> Optional.of(53);
      case "bootps" -> Optional.of(67);
      case "bootpc" -> Optional.of(68);
      case "http" -> Optional.of(80);
      case "ntp" -> Optional.of(123);
      case "https" -> Optional.of(443);
      default -> Optional.empty();
    };
  }

  /// An address of the family.
  public static Ip ip(Word word, String text, Family family) throws SyntaxException {
    Optional<Ip> ip = Ip.parse(text);
    if (ip.isPresent() && text.indexOf(':') >= 0 && ip.get() instanceof Ip.V4(int bits)) {
      ip = Optional.of(new Ip.V6(0, 0xffff_0000_0000L | Integer.toUnsignedLong(bits)));
    }
    if (ip.isEmpty() || ip.get().family() != family) {
      throw SyntaxException.at(
          word, word.shown() + " is no " + family + " address; names are not looked up");
    }
    return ip.get();
  }

  /// `ADDRESS`, `ADDRESS/LENGTH` or `ADDRESS/MASK`; in IPv4 the last octets of the address may be
  /// left out.
  public static MaskedIp masked(Word word, String text, Family family) throws SyntaxException {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    Ip ip = ip(word, family == Family.IPV4 ? padded(address) : address, family);
    if (slash < 0) {
      return MaskedIp.host(ip);
    }
    String mask = text.substring(slash + 1);
    if (mask.indexOf('.') >= 0 || mask.indexOf(':') >= 0) {
      return new MaskedIp(ip, ip(word, mask, family));
    }
    Optional<Long> length = number(mask, family.bits());
    if (length.isEmpty()) {
      throw SyntaxException.at(word, word.shown() + " has no mask of an " + family + " address");
    }
    return new MaskedIp(ip, MaskedIp.mask(family, length.get().intValue()));
  }

  private static String padded(String address) {
    int dots = 0;
    for (int dot = address.indexOf('.'); dot >= 0; dot = address.indexOf('.', dot + 1)) {
      dots++;
    }
    boolean digits = !address.isEmpty() && address.charAt(0) <= '9';
    return dots < 3 && digits ? address + ".0".repeat(3 - dots) : address;
  }

  /// `[packets:bytes]`.
  public static Counters counters(Word word) throws SyntaxException {
    String text = word.text();
    int colon = text.indexOf(':');
    try {
      if (colon > 0 && text.startsWith("[") && text.endsWith("]")) {
        return new Counters(
            Long.parseUnsignedLong(text.substring(1, colon)),
            Long.parseUnsignedLong(text.substring(colon + 1, text.length() - 1)));
      }
    } catch (NumberFormatException e) {
      throw SyntaxException.at(word, word.shown() + " are no counters");
    }
    throw SyntaxException.at(word, word.shown() + " are no counters");
  }

  /// The parts of a list.
  public static List<String> list(Word word) {
    return List.of(word.text().split(",", -1));
  }

  /// The constants of an enum that a list names, in any case.
  public static <E extends Enum<E>> List<E> names(Class<E> type, Word word, String what)
      throws SyntaxException {
    List<E> found = new ArrayList<>();
    for (String name : list(word)) {
      Optional<E> constant = Optional.empty();
      for (E it : type.getEnumConstants()) {
        constant = it.name().equalsIgnoreCase(name) ? Optional.of(it) : constant;
      }
      if (constant.isEmpty()) {
        throw SyntaxException.at(word, word.shown() + ": no such " + what);
      }
      found.add(constant.get());
    }
    return found;
  }
}
