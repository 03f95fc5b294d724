package dev.kproxy.iptables.syntax;

import dev.kproxy.iptables.Option;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// An extension while its options are being gathered: a match or a target, by name.
public final class Draft {
  private final Word name;
  private final Extensions.Syntax syntax;
  private final List<Given> given = new ArrayList<>();

  /// An extension that has no options yet.
  public Draft(Word name, Extensions.Syntax syntax) {
    this.name = name;
    this.syntax = syntax;
  }

  /// An option as it stands in a rule.
  ///
  /// @param name its canonical name
  /// @param at the option itself
  public record Given(String name, boolean inverted, List<Word> words, Word at) {
    /// The first word that follows it.
    public Word word() {
      return words.getFirst();
    }
  }

  /// The name, where it stands.
  public Word name() {
    return name;
  }

  /// What is known of its options.
  public Extensions.Syntax syntax() {
    return syntax;
  }

  /// Whether it has no options.
  public boolean isEmpty() {
    return given.isEmpty();
  }

  /// Adds an option; one that stands already is a fault, but for extensions whose order counts.
  public void add(Given option) throws SyntaxException {
    boolean once = syntax.known() && !syntax.ordered();
    if (once && option(option.name()).isPresent()) {
      String message = "--" + option.name() + " stands twice";
      throw option.name().startsWith("to-")
          ? SyntaxException.skew(option.at(), message)
          : SyntaxException.at(option.at(), message);
    }
    given.add(option);
  }

  /// The option of that canonical name.
  public Optional<Given> option(String option) {
    for (Given it : given) {
      if (it.name().equals(option)) {
        return Optional.of(it);
      }
    }
    return Optional.empty();
  }

  /// Whether the option is there.
  public boolean has(String option) {
    return option(option).isPresent();
  }

  /// The option, whose lack is a fault.
  public Given required(String option) throws SyntaxException {
    Optional<Given> found = option(option);
    if (found.isEmpty()) {
      throw SyntaxException.at(name, name.text() + " needs --" + option);
    }
    return found.get();
  }

  /// The options in the order in which they print.
  public List<Given> given() {
    if (!syntax.ordered()) {
      given.sort(Comparator.comparingInt(it -> syntax.rank(it.name())));
    }
    return given;
  }

  /// The options as they are carried along, but for those that `understood` names.
  public List<Option> options(String... understood) {
    List<String> skipped = List.of(understood);
    List<Option> options = new ArrayList<>();
    for (Given it : given()) {
      if (!skipped.contains(it.name())) {
        options.add(
            new Option(it.name(), it.inverted(), it.words().stream().map(Word::text).toList()));
      }
    }
    return options;
  }
}
