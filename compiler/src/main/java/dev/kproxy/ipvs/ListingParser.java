package dev.kproxy.ipvs;

import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import dev.kproxy.net.SyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads one line of what `ipvsadm -Ln` prints. How a tunnel is wrapped, it does not show; nor does
/// it thresholds.
final class ListingParser {
  private final List<Word> words;
  private final int end;
  private int next;

  ListingParser(String line) {
    words = Word.split(line);
    end = line.length() + 1;
  }

  /// Whether a line belongs to a listing.
  static boolean isListing(String line) {
    return line.startsWith("IP Virtual Server")
        || line.startsWith("Prot ")
        || line.matches("(TCP|UDP|SCTP|FWM) .*");
  }

  /// Whether the line is one of the two titles of a listing that shows what is needed.
  static boolean isTitle(String line) {
    String text = line.strip();
    return text.equals("Prot LocalAddress:Port Scheduler Flags")
        || text.matches("-> RemoteAddress:Port +Forward Weight ActiveConn InActConn");
  }

  /// A virtual server: `TCP 10.96.0.1:443 rr persistent 10800`.
  VirtualServer virtualServer() throws SyntaxException {
    VirtualAddress address = address();
    Word schedulerWord = next("the scheduler");
    String scheduler = CommandParser.name(schedulerWord);
    Set<SchedulerFlag> flags = flags(scheduler);
    Optional<Persistence> persistence = Optional.empty();
    String engine = "";
    if (skip("persistent")) {
      int seconds = (int) next("the time").number(1, Persistence.LIMIT);
      Optional<Word> mask = skip("mask") ? Optional.of(next("the mask")) : Optional.empty();
      persistence = Optional.of(CommandParser.persistence(seconds, address.family(), mask));
      engine = skip("pe") ? CommandParser.name(next("the engine")) : "";
    }
    CommandParser.checkPort(words.get(1), address, persistence);
    boolean onePacket = skip("ops");
    if (onePacket) {
      CommandParser.checkOnePacket(words.get(next - 1), address);
    }
    end();
    return new VirtualServer(address, scheduler, flags, persistence, engine, onePacket, List.of());
  }

  private VirtualAddress address() throws SyntaxException {
    Word type = next("the protocol");
    Word word = next("the address");
    if (type.text().equals("FWM")) {
      int mark = (int) word.number(1, 0xffff_ffffL);
      return new VirtualAddress.FirewallMark(mark, skip("IPv6") ? Family.IPV6 : Family.IPV4);
    }
    Protocol protocol =
        Protocol.parse(type.text())
            .orElseThrow(() -> SyntaxException.at(type, type.shown() + " is no protocol"));
    Word.Socket socket = word.socket(0);
    return new VirtualAddress.Port(protocol, socket.address(), socket.port());
  }

  private Set<SchedulerFlag> flags(String scheduler) throws SyntaxException {
    if (next == words.size() || !words.get(next).text().startsWith("(")) {
      return Set.of();
    }
    Word word = words.get(next++);
    String text = word.text();
    Word inner = new Word(text.substring(1, Math.max(1, text.length() - 1)), word.column() + 1);
    return CommandParser.flags(inner, scheduler);
  }

  /// A real server: ` -> 10.244.1.5:8080 Masq 1 0 0`.
  RealServer realServer(VirtualAddress virtual) throws SyntaxException {
    next("the arrow");
    Word word = next("the address");
    Word.Socket socket = word.socket(0);
    Word method = next("the forwarding method");
    Forwarding forwarding =
        switch (method.text()) {
          case "Masq" -> Forwarding.Method.MASQUERADE;
          // older kernels call a server so that is the host itself
          case "Route", "Local" -> Forwarding.Method.ROUTE;
          case "Tunnel" -> Forwarding.Tunnel.IPIP;
          default -> throw SyntaxException.at(method, method.shown() + " is no forwarding method");
        };
    CommandParser.checkFamily(word, socket, virtual, forwarding);
    int weight = (int) next("the weight").number(0, RealServer.WEIGHT_LIMIT);
    next("the number of active connections").number(0, 0xffff_ffffL);
    next("the number of other connections").number(0, 0xffff_ffffL);
    end();
    int port = CommandParser.port(socket, virtual, forwarding);
    return new RealServer(socket.address(), port, forwarding, weight, 0, 0);
  }

  private Word next(String what) throws SyntaxException {
    if (next == words.size()) {
      throw new SyntaxException(Code.RULE_SYNTAX, end, what + " is missing");
    }
    return words.get(next++);
  }

  private boolean skip(String text) {
    if (next < words.size() && words.get(next).text().equals(text)) {
      next++;
      return true;
    }
    return false;
  }

  private void end() throws SyntaxException {
    if (next < words.size()) {
      Word word = words.get(next);
      throw SyntaxException.at(word, word.shown() + " stands where the line should end");
    }
  }
}
