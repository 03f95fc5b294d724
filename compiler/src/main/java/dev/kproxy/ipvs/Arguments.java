package dev.kproxy.ipvs;

import dev.kproxy.ipvs.CommandOption.Kind;
import dev.kproxy.net.Code;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The options of one line, told apart as popt does it for ipvsadm: a command comes first, letters
/// may stand together (`-At`), a value behind its letter (`-w1`) or after an equals sign.
final class Arguments {
  private final Map<CommandOption, Word> options = new EnumMap<>(CommandOption.class);
  private final List<Word> operands = new ArrayList<>();
  private final List<Word> words;
  private final int end;
  private int next;

  /// @throws SyntaxException where there is no command, or an option that nobody knows, that stands
  ///   twice or that lacks its value
  Arguments(String line) throws SyntaxException {
    end = line.length() + 1;
    words = Word.split(line);
    while (next < words.size()) {
      Word word = words.get(next++);
      if (word.text().startsWith("--")) {
        name(word);
      } else if (word.text().startsWith("-") && word.text().length() > 1) {
        letters(word);
      } else if (next > 1 || !word.text().equals("ipvsadm")) {
        operands.add(word);
      }
    }
    if (options.isEmpty()) {
      throw new SyntaxException(Code.RULE_SYNTAX, 1, "a line without a command, as -A or -a");
    }
  }

  private void name(Word word) throws SyntaxException {
    int equals = word.text().indexOf('=');
    String name = word.text().substring(2, equals < 0 ? word.text().length() : equals);
    CommandOption option =
        CommandOption.byName(name)
            .orElseThrow(() -> SyntaxException.at(word, word.shown() + " is no option"));
    if (equals < 0) {
      add(option, word);
    } else if (option.takesValue()) {
      put(option, word, word.from(equals + 1));
    } else {
      throw SyntaxException.at(word, option + " takes no value");
    }
  }

  private void letters(Word word) throws SyntaxException {
    for (int i = 1; i < word.text().length(); i++) {
      CommandOption option =
          CommandOption.byLetter(word.text().charAt(i))
              .orElseThrow(() -> SyntaxException.at(word, word.shown() + " is no option"));
      Word rest = word.from(i + 1);
      if (option.takesValue() && !rest.text().isEmpty()) {
        put(option, word, rest.text().startsWith("=") ? rest.from(1) : rest);
        return;
      }
      add(option, word);
    }
  }

  /// Adds an option whose value, where it takes one, is the next word.
  private void add(CommandOption option, Word at) throws SyntaxException {
    boolean last = next == words.size();
    boolean value = !last && !words.get(next).text().startsWith("-");
    if (!option.takesValue() || (option.kind() == Kind.OPTIONAL_VALUE && !value)) {
      put(option, at, new Word("", at.column()));
    } else if (last) {
      throw new SyntaxException(Code.RULE_SYNTAX, end, "the value of " + option + " is missing");
    } else {
      put(option, at, words.get(next++));
    }
  }

  private void put(CommandOption option, Word at, Word value) throws SyntaxException {
    if (options.isEmpty() != (option.kind() == Kind.COMMAND)) {
      throw SyntaxException.at(at, "one command, as -A or -a, comes before all other options");
    }
    if (options.putIfAbsent(option, value) != null) {
      throw SyntaxException.at(at, option + " stands twice");
    }
  }

  /// What the line is to do.
  CommandOption command() {
    return options.keySet().iterator().next();
  }

  boolean has(CommandOption option) {
    return options.containsKey(option);
  }

  /// The value of an option, without text where it takes none or has none; empty where it is not
  /// there.
  Optional<Word> get(CommandOption option) {
    return Optional.ofNullable(options.get(option));
  }

  /// The value of an option that has to be there.
  Word need(CommandOption option) throws SyntaxException {
    return get(option)
        .orElseThrow(() -> new SyntaxException(Code.RULE_SYNTAX, end, option + " is missing"));
  }

  /// The one option of several that is there; empty where none is.
  ///
  /// @throws SyntaxException where two are
  Optional<CommandOption> oneOf(Set<CommandOption> several) throws SyntaxException {
    Optional<CommandOption> found = Optional.empty();
    for (CommandOption option : several) {
      if (has(option)) {
        if (found.isPresent()) {
          throw new SyntaxException(
              Code.RULE_SYNTAX, 1, found.get() + " and " + option + " exclude each other");
        }
        found = Optional.of(option);
      }
    }
    return found;
  }

  /// The words that are neither options nor their values.
  ///
  /// @throws SyntaxException where they are not as many
  List<Word> operands(int count) throws SyntaxException {
    if (operands.size() > count) {
      Word word = operands.get(count);
      throw SyntaxException.at(word, word.shown() + " stands where an option is expected");
    }
    if (operands.size() < count) {
      throw new SyntaxException(Code.RULE_SYNTAX, end, command() + " needs " + count + " numbers");
    }
    return operands;
  }

  /// Refuses what the command does not take.
  void onlyTakes(Set<CommandOption> taken) throws SyntaxException {
    for (Map.Entry<CommandOption, Word> entry : options.entrySet()) {
      if (entry.getKey().kind() != Kind.COMMAND && !taken.contains(entry.getKey())) {
        throw SyntaxException.at(entry.getValue(), command() + " does not take " + entry.getKey());
      }
    }
  }
}
