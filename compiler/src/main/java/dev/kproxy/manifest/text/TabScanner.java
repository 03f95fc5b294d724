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
final class TabScanner implements Scanner {
  private static final String STOPPED = "while scanning for the next token";

  private final StreamReader reader;
  private final ScannerImpl scanner;
  private final Deque<Mark> tabs = new ArrayDeque<>();
  private int flow;
  private @Nullable Token last;

  TabScanner(StreamReader reader, LoaderOptions options) {
    this.reader = reader;
    scanner = new ScannerImpl(reader, options);
  }

  @Override
  public boolean checkToken(Token.ID choice) {
    while (true) {
      try {
        return scanner.checkToken(choice);
      } catch (ScannerException e) {
        passTab(e);
      }
    }
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    while (true) {
      try {
        return scanner.checkToken(choices);
      } catch (ScannerException e) {
        passTab(e);
      }
    }
  }

  @Override
  public Token peekToken() {
    while (true) {
      try {
        return scanner.peekToken();
      } catch (ScannerException e) {
        passTab(e);
      }
    }
  }

  @Override
  public Token getToken() {
    Token token = scanner.getToken();
    while (!tabs.isEmpty() && tabs.getFirst().getIndex() < token.getStartMark().getIndex()) {
      judge(tabs.removeFirst());
    }
    switch (token.getTokenId()) {
      case FlowMappingStart, FlowSequenceStart -> flow++;
      case FlowMappingEnd, FlowSequenceEnd -> flow--;
      default -> {}
    }
    // keys and the ends of blocks are mostly no characters of the text
    if (token.getStartMark().getIndex() < token.getEndMark().getIndex()) {
      last = token;
    }
    return token;
  }

  @Override
  public void resetDocumentIndex() {
    scanner.resetDocumentIndex();
  }

  private void passTab(ScannerException e) {
    if (!STOPPED.equals(e.getContext()) || reader.peek() != '\t') {
      throw e;
    }
    tabs.add(reader.getMark());
    reader.forward();
  }

  private void judge(Mark tab) {
    boolean indents =
        last == null
            || last.getEndMark().getLine() < tab.getLine()
            || last.getTokenId() == Token.ID.BlockEntry
            || last.getTokenId() == Token.ID.Key;
    if (flow == 0 && indents) {
      throw new ScannerException(null, null, "a tab may not indent", tab);
    }
  }
}
