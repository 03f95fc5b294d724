package dev.kproxy.cli.whois;

import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Puts names into rules that have no comment, and leaves every other byte as it is.
///
/// Characters stand for bytes, whatever these spell. A rule gets the name of the endpoint or
/// Service port that it jumps to, or else that of the chain that it stands in, worded as kube-proxy
/// words it in small clusters.
final class Annotation {
  /// The kernel keeps so many bytes of a comment.
  private static final int COMMENT_BYTES = 255;

  private static final Set<String> CALLS = Set.of("-j", "--jump", "-g", "--goto");
  private static final Set<String> EXTENSIONS = Set.of("-m", "--match");

  private final NameBook book;

  Annotation(NameBook book) {
    this.book = book;
  }

  /// The text with comments.
  String of(String text) throws SyntaxException {
    StringBuilder out = new StringBuilder(text.length() + text.length() / 4);
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      int to = end < 0 ? text.length() : end;
      int rule = to > from && text.charAt(to - 1) == '\r' ? to - 1 : to;
      out.append(line(text.substring(from, rule))).append(text, rule, to);
      if (end >= 0) {
        out.append('\n');
      }
      from = to + 1;
    }
    return out.toString();
  }

  private String line(String line) throws SyntaxException {
    boolean appends = line.startsWith("-A ") || (line.startsWith("[") && line.contains("] -A "));
    if (!appends) {
      return line;
    }
    List<Word> words = Word.split(line, 0);
    int chain = words.getFirst().text().startsWith("[") ? 2 : 1;
    int place = line.length();
    String callee = "";
    for (int i = chain + 1; i < words.size(); i++) {
      Word word = words.get(i);
      boolean calls = !word.quoted() && CALLS.contains(word.text());
      if (calls || (!word.quoted() && EXTENSIONS.contains(word.text()))) {
        place = Math.min(place, word.column() - 1);
        String next = i + 1 < words.size() ? words.get(i + 1).text() : "";
        if (next.equals("comment") && !calls) {
          return line;
        }
        callee = calls ? next : callee;
      }
    }
    Optional<String> comment = comment(words.get(chain).text(), callee);
    return comment.isEmpty() ? line : insert(line, place, comment.get());
  }

  private Optional<String> comment(String chain, String callee) {
    return endpoint(callee)
        .or(() -> book.find(callee).flatMap(Meaning::port).map(Meaning.Port::text))
        .or(() -> book.find(chain).flatMap(Meaning::port).map(Meaning.Port::text))
        .filter(text -> text.getBytes(StandardCharsets.UTF_8).length <= COMMENT_BYTES);
  }

  private Optional<String> endpoint(String callee) {
    return book.find(callee)
        .filter(meaning -> meaning.endpoint().isPresent())
        .map(
            meaning ->
                meaning.port().orElseThrow().text() + " -> " + meaning.endpoint().orElseThrow());
  }

  /// Before the first extension, or the action; behind the last word of a rule that has neither.
  private static String insert(String line, int place, String comment) {
    String option = "-m comment --comment \"" + comment + "\"";
    if (place < line.length()) {
      return line.substring(0, place) + option + " " + line.substring(place);
    }
    String rule = line.stripTrailing();
    return rule + " " + option + line.substring(rule.length());
  }
}
