package dev.kproxy.cli.diff.words;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.List;

/// Ranges of addresses as people write them.
final class Networks {
  private Networks() {}

  /// `10.0.0.0/8`, `10.0.0.1`, `10.0.0.1-10.0.0.9`, with commas between.
  static String text(Ranges ranges, Family family) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < ranges.count(); i++) {
      texts.add(text(ranges.first(i, family), ranges.last(i, family)));
    }
    return String.join(", ", texts);
  }

  private static String text(Ip first, Ip last) {
    if (first.equals(last)) {
      return first.toString();
    }
    for (int prefix = 0; prefix < first.family().bits(); prefix++) {
      Cidr network = Cidr.of(first, prefix);
      if (network.network().equals(first) && Ranges.of(network).equals(Ranges.of(first, last))) {
        return network.toString();
      }
    }
    return first + "-" + last;
  }

  /// `12 ranges of addresses, as 10.0.0.1`.
  static String count(Ranges ranges, Family family) {
    return ranges.count()
        + " ranges of addresses, as "
        + text(ranges.first(0, family), ranges.last(0, family));
  }
}
