package dev.kproxy.manifest.text;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.Scanner;
import org.yaml.snakeyaml.scanner.ScannerException;
import org.yaml.snakeyaml.scanner.ScannerImpl;
import org.yaml.snakeyaml.tokens.Token;

/// SnakeYAML's scanner, which refuses every tab between tokens, made to take those that go-yaml's
/// takes: in a flow collection, and in a line in which neither indentation nor a `-` or `?` comes
/// right before.
///
/// A tab is passed over where the scanner stops at it, and judged by the token before it as soon as
/// the token behind it is taken.
///
/// It also remembers the token that is due. The parser asks a dozen times what that is, and each
/// time SnakeYAML's scanner makes sure anew that it is no key, which takes a fifth of the time that
/// a text takes.
final class TabScanner implements Scanner {
  /// What it says of any other tab.
  static final String REFUSAL = "a tab may not indent";

  private static final String STOPPED = "while scanning for the next token";
  private static final Token.ID[] ANY = {};

  private final StreamReader reader;
  private final ScannerImpl scanner;

  /// The token that is due, and its kind; both null where that is to be found out.
  private @Nullable Token due;

  private Token.@Nullable ID kind;

  /// Tabs that were passed over and are not judged yet; null as long as there was none.
  private @Nullable Deque<Mark> tabs;

  /// How many flow collections are open, and the last token that is made of characters.
  private int flow;

  private @Nullable Token last;

  TabScanner(StreamReader reader, LoaderOptions options) {
    this.reader = reader;
    scanner = new ScannerImpl(reader, options);
  }

  @Override
  public boolean checkToken(Token.ID choice) {
    return kind() == choice;
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    Token.ID now = kind();
    for (Token.ID choice : choices) {
      if (now == choice) {
        return true;
      }
    }
    return choices.length == 0 && now != null;
  }

  @Override
  public Token peekToken() {
    kind();
    return due == null ? scanner.peekToken() : due;
  }

  @Override
  public Token getToken() {
    Token.ID now = kind();
    Token token = scanner.getToken();
    due = null;
    kind = null;
    if (tabs != null) {
      judgeTabs(tabs, token);
    }
    if (now == null) {
      last = token;
      return token;
    }
    switch (now) {
      case FlowMappingStart, FlowSequenceStart -> {
        flow++;
        last = token;
      }
      case FlowMappingEnd, FlowSequenceEnd -> {
        flow--;
        last = token;
      }
      case StreamStart, BlockMappingStart, BlockSequenceStart, BlockEnd -> {}
      case Key -> last = isWritten(token) ? token : last;
      default -> last = token;
    }
    return token;
  }

  @Override
  public void resetDocumentIndex() {
    scanner.resetDocumentIndex();
  }

  /// The kind of the token that is due; null behind the last one.
  private Token.@Nullable ID kind() {
    Token.ID known = kind;
    return known == null ? fetch() : known;
  }

  private Token.@Nullable ID fetch() {
    while (true) {
      try {
        if (scanner.checkToken(ANY)) {
          due = scanner.peekToken();
          kind = due.getTokenId();
        }
        return kind;
      } catch (ScannerException e) {
        passTab(e);
      }
    }
  }

  private void passTab(ScannerException e) {
    if (!STOPPED.equals(e.getContext()) || reader.peek() != '\t') {
      throw e;
    }
    tabs = tabs == null ? new ArrayDeque<>() : tabs;
    tabs.add(reader.getMark());
    reader.forward();
  }

  private void judgeTabs(Deque<Mark> waiting, Token next) {
    while (!waiting.isEmpty() && waiting.getFirst().getIndex() < next.getStartMark().getIndex()) {
      Mark tab = waiting.removeFirst();
      if (flow == 0 && isIndentation(tab)) {
        throw new ScannerException(null, null, REFUSAL, tab);
      }
    }
  }

  private boolean isIndentation(Mark tab) {
    return last == null
        || last.getEndMark().getLine() < tab.getLine()
        || last.getTokenId() == Token.ID.BlockEntry
        || last.getTokenId() == Token.ID.Key;
  }

  /// Whether a key is the `?` of the text, and not what the scanner puts before a simple key.
  private static boolean isWritten(Token key) {
    return key.getStartMark().getIndex() < key.getEndMark().getIndex();
  }
}
