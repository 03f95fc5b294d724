package dev.kproxy.iproute;

import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what `ip route show table all` and `ip -6 route show table all` print, with `-o` or `-d`
/// or without, or with `-j`; several outputs may stand one after the other.
///
/// Without `table all` the tool names no tables, and all routes are taken for those of `main`. The
/// family of a default route shows in its addresses and in `pref`, which only IPv6 routes have.
/// Metrics of TCP and what encapsulates packets are passed over.
public final class RoutesParser {
  private static final Pattern OTHER_COMMAND =
      Pattern.compile("\\d+:\\s.*|Kernel IP.*|Destination\\s.*");

  /// What `ip route get` says of the route that it found, in a line of its own or behind the `\\`
  /// of `-o`.
  private static final Pattern ONE_ANSWER = Pattern.compile("(^|\\\\)\\s+cache\\b");

  private final Faults faults;
  private final List<Route> routes = new ArrayList<>();

  private RoutesParser(Faults faults) {
    this.faults = faults;
  }

  /// The routes in the order of the text; none is no fault.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each route that is not understood
  public static List<Route> parse(
      String text, String file, Consumer<? super Diagnostic> diagnostics) {
    RoutesParser parser = new RoutesParser(new Faults(file, diagnostics));
    if (text.stripLeading().startsWith("[")) {
      parser.json(text);
    } else {
      parser.lines(text);
    }
    return List.copyOf(parser.routes);
  }

  /// A line that begins with a blank goes on with the route before it.
  private void lines(String text) {
    RouteDraft draft = null;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (OTHER_COMMAND.matcher(line).matches()) {
        faults.wrongCommand(
            number, "this is what ip addr, ip rule or route prints; that of ip route is needed");
        return;
      }
      if (ONE_ANSWER.matcher(line).find()) {
        faults.wrongCommand(number, "this is what ip route get prints; that of ip route is needed");
        return;
      }
      Words words = new Words(line);
      if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
        finish(draft);
        draft = new RouteDraft(number, 1, line);
        String first = words.next();
        boolean typed = Route.Type.parse(first).isPresent();
        draft.type = typed ? first : draft.type;
        draft.destination = typed ? words.next() : first;
      }
      if (draft != null) {
        words(draft, words);
      }
      if (faults.isFull()) {
        return;
      }
    }
    finish(draft);
  }

  private static void words(RouteDraft draft, Words words) {
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "nexthop" -> draft.nextHop();
        case "via" -> via(draft.hop(), words);
        case "dev" -> draft.hop().device = words.next();
        case "weight" -> draft.hop().weight = words.next();
        case "table" -> draft.table = words.next();
        case "proto" -> draft.protocol = words.next();
        case "scope" -> draft.scope = words.next();
        case "src" -> draft.source = words.next();
        case "metric" -> draft.metric = words.next();
        case "from" -> draft.from = words.next();
        case "tos", "dsfield" -> draft.tos = words.next();
        case "pref" -> draft.preference = words.next();
        // what encapsulates has words of its own, "src" and "tos" among them
        case "encap" -> words.skipTo("via", "dev");
        default -> draft.hop().flag(word);
      }
    }
  }

  /// The gateway, behind the name of its family where the route is of the other one.
  private static void via(RouteDraft.Hop hop, Words words) {
    String word = words.next();
    if (word.equals("inet") || word.equals("inet6")) {
      hop.otherFamily(words.next());
    } else {
      hop.gateway = word;
    }
  }

  private void json(String text) {
    try {
      for (Json json : Json.objects(text)) {
        finish(draft(json));
      }
    } catch (IOException e) {
      faults.syntax(1, 1, "not the JSON of \"ip -j route\"");
    }
  }

  private static RouteDraft draft(Json json) {
    RouteDraft draft = new RouteDraft(json.line(), json.column(), json.text("dst"));
    draft.type = json.has("type") ? json.text("type") : draft.type;
    draft.destination = json.text("dst");
    draft.table = json.has("table") ? json.text("table") : draft.table;
    draft.protocol = json.has("protocol") ? json.text("protocol") : draft.protocol;
    draft.scope = json.has("scope") ? json.text("scope") : draft.scope;
    draft.source = json.text("prefsrc");
    draft.metric = json.has("metric") ? json.text("metric") : draft.metric;
    draft.from = json.text("from");
    draft.tos = json.has("encap") ? "" : json.text("tos");
    draft.preference = json.text("pref");
    hop(draft.hop(), json);
    for (Json hop : json.field("nexthops").items()) {
      draft.nextHop();
      hop(draft.hop(), hop);
    }
    return draft;
  }

  private static void hop(RouteDraft.Hop hop, Json json) {
    hop.device = json.text("dev");
    hop.gateway = json.text("gateway");
    if (json.has("via")) {
      hop.otherFamily(json.field("via").text("host"));
    }
    hop.weight = json.has("weight") ? json.text("weight") : hop.weight;
    json.texts("flags").forEach(hop::flag);
  }

  private void finish(@Nullable RouteDraft draft) {
    if (draft != null) {
      draft.build(faults).ifPresent(routes::add);
    }
  }

  /// The words of a line; empty ones after the last. With `-o`, a backslash stands for a line end.
  private static final class Words {
    private final List<String> words;
    private int next;

    Words(String line) {
      this.words = List.of(line.replace('\\', ' ').strip().split("\\s+", -1));
      this.next = line.isBlank() ? words.size() : 0;
    }

    boolean hasNext() {
      return next < words.size();
    }

    String next() {
      return hasNext() ? words.get(next++) : "";
    }

    void skipTo(String one, String other) {
      while (hasNext() && !words.get(next).equals(one) && !words.get(next).equals(other)) {
        next++;
      }
    }
  }
}
