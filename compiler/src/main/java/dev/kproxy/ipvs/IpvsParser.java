package dev.kproxy.ipvs;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Lines;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads what `ipvsadm -Sn` and `ipvsadm -Ln` print, and of the files that `ipvsadm --restore`
/// takes what makes virtual servers out of nothing: `-A`, `-a` and `--set`, with their long names.
///
/// Every line that cannot be read is a diagnostic. Names of hosts and ports are not looked up, and
/// whether the kernel has a scheduler of that name is left to it.
public final class IpvsParser {
  /// The longest line that is read, in characters; no word of ipvsadm's has more than 1,024 bytes.
  private static final int LINE_LIMIT = 1 << 12;

  private final Map<VirtualAddress, Draft> drafts = new LinkedHashMap<>();
  private final Set<VirtualAddress> broken = new HashSet<>();
  private Optional<IpvsTable.Timeouts> timeouts = Optional.empty();
  private @Nullable Draft listed;
  private boolean listing;
  private boolean inListed;
  private boolean started;

  /// A virtual server that is being read, with its real ones by address and port.
  private record Draft(VirtualServer server, Map<Word.Socket, RealServer> servers) {}

  private IpvsParser() {}

  /// The table of a text, in its order. No virtual server at all is no fault: a host may have none.
  ///
  /// @param file the name of the text in diagnostics
  /// @param sink takes every fault, in the order of the lines; a server that has one is left out
  public static IpvsTable parse(String text, String file, Consumer<? super Diagnostic> sink) {
    IpvsParser parser = new IpvsParser();
    new Lines(file, sink, LINE_LIMIT).read(text, parser::line, () -> parser.started);
    List<VirtualServer> servers =
        parser.drafts.values().stream()
            .map(draft -> draft.server.withServers(List.copyOf(draft.servers.values())))
            .toList();
    return new IpvsTable(parser.timeouts, servers);
  }

  private void line(String content) throws SyntaxException {
    if (content.isBlank()) {
      return;
    }
    if (!started) {
      start(content);
    }
    if (listing) {
      listed(content);
    } else {
      command(new Arguments(content));
    }
  }

  /// Tells by the first line what kind of text it is.
  private void start(String content) throws SyntaxException {
    listing = ListingParser.isListing(content);
    String text = content.strip();
    if (text.startsWith("#")) {
      throw new SyntaxException(Code.RULE_SYNTAX, 1, "a comment, which ipvsadm does not take");
    }
    boolean ipvsadm = text.startsWith("-") || text.startsWith("ipvsadm ");
    if (!listing && !ipvsadm) {
      throw new SyntaxException(
          Code.WRONG_COMMAND,
          1,
          Printable.quote(content) + " is no line of what ipvsadm -Sn or ipvsadm -Ln prints");
    }
    started = true;
  }

  private void command(Arguments arguments) throws SyntaxException {
    CommandParser parser = new CommandParser(arguments);
    switch (arguments.command()) {
      case ADD_SERVICE -> {
        VirtualAddress address = parser.address();
        broken.add(address);
        add(parser.virtualServer(address), parser.addressWord());
      }
      case ADD_SERVER -> {
        VirtualAddress address = parser.address();
        Draft draft = drafts.get(address);
        if (draft == null && !broken.contains(address)) {
          throw SyntaxException.at(
              parser.addressWord(), "a real server of " + address + ", which is not added before");
        }
        RealServer server = parser.realServer(address);
        if (draft != null) {
          add(draft, server, parser.realWord());
        }
      }
      case SET -> timeouts = Optional.of(parser.timeouts());
      default ->
          throw new SyntaxException(
              Code.RULE_SYNTAX,
              1,
              arguments.command() + " changes what is there; what is there is needed");
    }
  }

  private void listed(String content) throws SyntaxException {
    if (content.startsWith("IP Virtual Server") || ListingParser.isTitle(content)) {
      return;
    }
    if (content.contains("LocalAddress:Port") || content.contains("RemoteAddress:Port")) {
      started = false;
      throw new SyntaxException(
          Code.WRONG_COMMAND, 1, "what ipvsadm -Ln prints without --stats and the like is needed");
    }
    ListingParser parser = new ListingParser(content);
    if (!content.stripLeading().startsWith("->")) {
      listed = null;
      inListed = true;
      VirtualServer server = parser.virtualServer();
      listed = add(server, new Word(content, 1));
      return;
    }
    Draft draft = listed;
    if (draft != null) {
      RealServer server = parser.realServer(draft.server.address());
      add(draft, server, new Word(content.strip(), 1));
    } else if (!inListed) {
      throw new SyntaxException(Code.RULE_SYNTAX, 1, "a real server before any virtual one");
    }
  }

  private Draft add(VirtualServer server, Word at) throws SyntaxException {
    Draft draft = new Draft(server, new LinkedHashMap<>());
    if (drafts.putIfAbsent(server.address(), draft) != null) {
      throw SyntaxException.at(at, "the virtual server " + server.address() + " stands twice");
    }
    return draft;
  }

  private static void add(Draft draft, RealServer server, Word at) throws SyntaxException {
    Word.Socket key = new Word.Socket(server.address(), server.port());
    if (draft.servers.putIfAbsent(key, server) != null) {
      throw SyntaxException.at(at, "the real server " + at.shown() + " stands twice");
    }
  }
}
