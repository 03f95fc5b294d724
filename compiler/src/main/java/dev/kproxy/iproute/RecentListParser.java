package dev.kproxy.iproute;

import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `/proc/net/xt_recent/NAME`, whose lines are as `src=10.0.0.1 ttl: 64 last_seen: 4295766096
/// oldest_pkt: 2 4295766046, 4295766096`.
public final class RecentListParser {
  private static final Pattern LINE =
      Pattern.compile(
          "src=(\\S+) ttl: (\\d{1,3}) last_seen: (\\d{1,20}) oldest_pkt: \\d{1,10} ([\\d, ]*)");

  private RecentListParser() {}

  /// The list of a text; an empty text is an empty list.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each line that is no entry
  public static RecentList parse(
      String text, String file, Consumer<? super Diagnostic> diagnostics) {
    Faults faults = new Faults(file, diagnostics);
    List<RecentList.Entry> entries = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Optional<RecentList.Entry> entry = entry(line);
      entry.ifPresent(entries::add);
      if (entry.isEmpty() && !line.isBlank()) {
        faults.syntax(number, 1, "no entry of xt_recent: " + Printable.quote(line));
      }
      if (faults.isFull()) {
        break;
      }
    }
    return new RecentList(entries);
  }

  private static Optional<RecentList.Entry> entry(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      List<Long> stamps = new ArrayList<>();
      for (String stamp : matcher.group(4).strip().split(", ", -1)) {
        stamps.add(Long.parseUnsignedLong(stamp));
      }
      int ttl = Integer.parseInt(matcher.group(2));
      long lastSeen = Long.parseUnsignedLong(matcher.group(3));
      return Ip.parse(matcher.group(1)).map(ip -> new RecentList.Entry(ip, ttl, lastSeen, stamps));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
