package dev.kproxy.iptables.text;

import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Family;
import dev.kproxy.net.ProtocolNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes what follows the chain of a rule: headers and extensions in the spelling's order, then
/// the action.
///
/// What every rule passes through asks with `instanceof`: a `switch` over types is linked at its
/// first use, by making a class, and until it is compiled as a whole each call goes through method
/// handles.
final class RulePrinter {
  private final ByteText text;
  private final boolean restore;
  private final MatchPrinter extensions;
  private final ActionPrinter actions;

  /// The headers of the rule that is printed, by their ranks.
  private final Match.@Nullable Header[] headers = new Match.Header[6];

  RulePrinter(ByteText text, Family family, Spelling spelling) {
    this.text = text;
    this.restore = spelling == Spelling.RESTORE;
    this.extensions = new MatchPrinter(text, family, restore);
    this.actions = new ActionPrinter(text, family, restore);
  }

  void print(Rule rule) {
    if (restore) {
      printAsWritten(rule.matches());
    } else {
      printAsSaved(rule.matches());
    }
    actions.print(rule.action());
  }

  /// Headers first, in the order of [#rank], whatever the order in which they were written; then
  /// the extensions in theirs. A header that restricts nothing is not saved.
  private void printAsSaved(List<Match> matches) {
    for (Match match : matches) {
      if (match instanceof Match.Header header && restricts(header)) {
        headers[rank(header)] = header;
      }
    }
    for (int i = 0; i < headers.length; i++) {
      Match.Header header = headers[i];
      if (header != null) {
        print(header);
        headers[i] = null;
      }
    }
    for (Match match : matches) {
      if (match instanceof Match.Extension extension) {
        extensions.print(extension, () -> {});
      }
    }
  }

  /// kube-proxy writes protocol and destination between a module of ports and its options.
  private void printAsWritten(List<Match> matches) {
    for (int i = 0; i < matches.size(); i++) {
      if (matches.get(i) instanceof Match.Extension extension) {
        int from = i + 1;
        while (hasPorts(extension) && i + 1 < matches.size() && isTarget(matches.get(i + 1))) {
          i++;
        }
        List<Match> targets = matches.subList(from, i + 1);
        extensions.print(extension, () -> targets.forEach(it -> print((Match.Header) it)));
      } else {
        print((Match.Header) matches.get(i));
      }
    }
  }

  private static boolean hasPorts(Match.Extension extension) {
    return extension instanceof Match.Tcp
        || extension instanceof Match.Udp
        || extension instanceof Match.Sctp;
  }

  private static boolean isTarget(Match match) {
    return match instanceof Match.Protocol || match instanceof Match.Destination;
  }

  private static int rank(Match.Header header) {
    if (header instanceof Match.Source) {
      return 0;
    }
    if (header instanceof Match.Destination) {
      return 1;
    }
    if (header instanceof Match.InInterface) {
      return 2;
    }
    if (header instanceof Match.OutInterface) {
      return 3;
    }
    return header instanceof Match.Protocol ? 4 : 5;
  }

  private static boolean restricts(Match.Header header) {
    if (header instanceof Match.Source(MaskedIp addresses, boolean inverted)) {
      return inverted || addresses.prefix() != 0;
    }
    if (header instanceof Match.Destination(MaskedIp addresses, boolean inverted)) {
      return inverted || addresses.prefix() != 0;
    }
    if (header instanceof Match.InInterface(String pattern, boolean inverted)) {
      return inverted || !pattern.equals("+");
    }
    if (header instanceof Match.OutInterface(String pattern, boolean inverted)) {
      return inverted || !pattern.equals("+");
    }
    return !(header instanceof Match.Protocol(int number, _)) || number != 0;
  }

  private void print(Match.Header header) {
    if (header instanceof Match.Source(MaskedIp addresses, boolean inverted)) {
      print(inverted, "-s ", addresses);
    } else if (header instanceof Match.Destination(MaskedIp addresses, boolean inverted)) {
      print(inverted, "-d ", addresses);
    } else if (header instanceof Match.InInterface(String pattern, boolean inverted)) {
      text.option(inverted, "-i ").add(pattern);
    } else if (header instanceof Match.OutInterface(String pattern, boolean inverted)) {
      text.option(inverted, "-o ").add(pattern);
    } else if (header instanceof Match.Protocol(int number, boolean inverted)) {
      text.option(inverted, "-p ").add(ProtocolNames.of(number));
    } else {
      text.option(((Match.Fragment) header).inverted(), "-f");
    }
  }

  private void print(boolean inverted, String option, MaskedIp addresses) {
    text.option(inverted, option);
    if (restore && addresses.bare()) {
      text.add(addresses.ip());
    } else {
      text.add(addresses);
    }
  }
}
