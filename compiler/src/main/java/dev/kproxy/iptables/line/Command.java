package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.SyntaxException;
import java.util.List;
import java.util.Optional;

/// What a line asks for, and of which chain.
///
/// @param counters those that stand before it
/// @param name `-A`, `--insert`, …, whether there is such a command or not
/// @param position where a rule is to be inserted, counted from 1
/// @param words those of the whole line, of which the first `next` are read
public record Command(
    Optional<Counters> counters, Word name, Word chain, int position, List<Word> words, int next) {
  /// The command of a line that is not blank.
  public static Command of(String content) throws SyntaxException {
    List<Word> words = Word.split(content, 0);
    int next = 0;
    Optional<Counters> counters = Optional.empty();
    if (content.startsWith("[")) {
      counters = Optional.of(Values.counters(words.get(next++)));
    }
    if (words.size() < next + 2) {
      throw SyntaxException.at(words.getFirst(), words.getFirst().shown() + " is no rule");
    }
    Word name = words.get(next++);
    Word chain = words.get(next++);
    int position = 1;
    if (isInsert(name) && next < words.size()) {
      Optional<Long> number = Values.number(words.get(next).text(), 1 << 30);
      position = number.map(Long::intValue).orElse(1);
      next += number.isPresent() ? 1 : 0;
    }
    return new Command(counters, name, chain, position, words, next);
  }

  private static boolean isInsert(Word name) {
    return name.text().equals("-I") || name.text().equals("--insert");
  }
}
