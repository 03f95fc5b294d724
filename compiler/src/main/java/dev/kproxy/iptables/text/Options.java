package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Option;
import dev.kproxy.iptables.syntax.Extensions;
import java.util.List;

/// Writes the options of extensions that are carried along.
final class Options {
  private Options() {}

  static void print(ByteText text, Extensions.Syntax syntax, List<Option> options) {
    for (Option option : options) {
      text.option(option.inverted(), "--").add(option.name());
      Extensions.Quoting quoting = syntax.quoting(option.name());
      for (String word : option.words()) {
        text.add(' ');
        switch (quoting) {
          case NEVER -> {
            // of an unknown extension, what begins with a dash would be its next option
            if (!syntax.known() && word.startsWith("-")) {
              text.quoted(word);
            } else {
              text.word(word);
            }
          }
          case WHERE_NEEDED -> text.quotable(word);
          case ALWAYS -> text.quoted(word);
        }
      }
    }
  }
}
