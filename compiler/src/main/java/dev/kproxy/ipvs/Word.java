package dev.kproxy.ipvs;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Placed;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A word of a line, or a part of one.
///
/// @param column where it begins, counted from 1
record Word(String text, int column) implements Placed {
  /// The words of a line, which blanks part.
  static List<Word> split(String line) {
    List<Word> words = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= line.length(); i++) {
      if (i == line.length() || line.charAt(i) == ' ' || line.charAt(i) == '\t') {
        if (i > from) {
          words.add(new Word(line.substring(from, i), from + 1));
        }
        from = i + 1;
      }
    }
    return words;
  }

  /// What follows the first `from` characters.
  Word from(int from) {
    return new Word(text.substring(from), column + from);
  }

  /// The decimal number that it spells, from `min` to `max`.
  long number(long min, long max) throws SyntaxException {
    // no number has more digits but for zeros, which nobody writes
    boolean digits =
        !text.isEmpty() && text.length() < 16 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    long value = digits ? Long.parseLong(text) : -1;
    if (value < min || value > max) {
      throw SyntaxException.at(this, shown() + " is no number from " + min + " to " + max);
    }
    return value;
  }

  /// An IPv4 netmask.
  Ip netmask() throws SyntaxException {
    return Ip.parse(text, Family.IPV4)
        .orElseThrow(() -> SyntaxException.at(this, shown() + " is no netmask"));
  }

  /// The address and port that it spells: `10.0.0.1:80`, `[fd00::1]:80`. Names are not looked up.
  ///
  /// @param missing the port where it has none
  Socket socket(int missing) throws SyntaxException {
    boolean brackets = text.startsWith("[");
    boolean bare = !brackets && text.indexOf(':') != text.lastIndexOf(':');
    int colon = brackets ? text.indexOf("]:") + 1 : bare ? -1 : text.indexOf(':');
    int hostEnd = colon < 0 ? text.length() : brackets ? colon - 1 : colon;
    Optional<Ip> address =
        brackets && colon == 0
            ? Optional.empty()
            : Ip.parse(
                text.substring(brackets ? 1 : 0, hostEnd),
                brackets || bare ? Family.IPV6 : Family.IPV4);
    if (address.isEmpty()) {
      throw SyntaxException.at(this, shown() + " is no address with a port; names need -n");
    }
    return new Socket(address.get(), colon < 0 ? missing : (int) from(colon + 1).number(0, 65_535));
  }

  /// The word in quotes, fit for a message.
  String shown() {
    return Printable.quote(text);
  }

  /// An address with a port.
  record Socket(Ip address, int port) {}
}
