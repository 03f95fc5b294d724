package dev.kproxy.ipvs;

import static dev.kproxy.ipvs.CommandOption.ENGINE;
import static dev.kproxy.ipvs.CommandOption.FWMARK_SERVICE;
import static dev.kproxy.ipvs.CommandOption.GATEWAYING;
import static dev.kproxy.ipvs.CommandOption.IPIP;
import static dev.kproxy.ipvs.CommandOption.IPV6;
import static dev.kproxy.ipvs.CommandOption.LOWER_THRESHOLD;
import static dev.kproxy.ipvs.CommandOption.MASQUERADING;
import static dev.kproxy.ipvs.CommandOption.NETMASK;
import static dev.kproxy.ipvs.CommandOption.ONE_PACKET;
import static dev.kproxy.ipvs.CommandOption.PERSISTENT;
import static dev.kproxy.ipvs.CommandOption.REAL_SERVER;
import static dev.kproxy.ipvs.CommandOption.SCHEDULER;
import static dev.kproxy.ipvs.CommandOption.SCHEDULER_FLAGS;
import static dev.kproxy.ipvs.CommandOption.SCTP_SERVICE;
import static dev.kproxy.ipvs.CommandOption.TCP_SERVICE;
import static dev.kproxy.ipvs.CommandOption.TUNNEL_CHECKSUM;
import static dev.kproxy.ipvs.CommandOption.TUNNEL_NO_CHECKSUM;
import static dev.kproxy.ipvs.CommandOption.TUNNEL_PORT;
import static dev.kproxy.ipvs.CommandOption.TUNNEL_REMOTE_CHECKSUM;
import static dev.kproxy.ipvs.CommandOption.TUNNEL_TYPE;
import static dev.kproxy.ipvs.CommandOption.UDP_SERVICE;
import static dev.kproxy.ipvs.CommandOption.UPPER_THRESHOLD;
import static dev.kproxy.ipvs.CommandOption.WEIGHT;

import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import dev.kproxy.net.SyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads one line of what `ipvsadm -Sn` prints and `ipvsadm --restore` takes.
final class CommandParser {
  private static final Set<CommandOption> SERVICE =
      EnumSet.of(TCP_SERVICE, UDP_SERVICE, SCTP_SERVICE, FWMARK_SERVICE);
  private static final Set<CommandOption> OF_SERVICE =
      EnumSet.of(IPV6, SCHEDULER, PERSISTENT, NETMASK, ENGINE, ONE_PACKET, SCHEDULER_FLAGS);
  private static final Set<CommandOption> FORWARDING = EnumSet.of(MASQUERADING, IPIP, GATEWAYING);
  private static final Set<CommandOption> CHECKSUM =
      EnumSet.of(TUNNEL_NO_CHECKSUM, TUNNEL_CHECKSUM, TUNNEL_REMOTE_CHECKSUM);
  private static final Set<CommandOption> TUNNEL = EnumSet.of(TUNNEL_TYPE, TUNNEL_PORT);
  private static final Set<CommandOption> OF_SERVER =
      EnumSet.of(IPV6, REAL_SERVER, WEIGHT, UPPER_THRESHOLD, LOWER_THRESHOLD);

  static {
    OF_SERVICE.addAll(SERVICE);
    TUNNEL.addAll(CHECKSUM);
    OF_SERVER.addAll(SERVICE);
    OF_SERVER.addAll(FORWARDING);
    OF_SERVER.addAll(TUNNEL);
  }

  private final Arguments arguments;

  CommandParser(Arguments arguments) {
    this.arguments = arguments;
  }

  /// What `--set` says.
  IpvsTable.Timeouts timeouts() throws SyntaxException {
    arguments.onlyTakes(Set.of());
    int[] seconds = new int[3];
    List<Word> operands = arguments.operands(seconds.length);
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = (int) operands.get(i).number(0, IpvsTable.Timeouts.LIMIT);
    }
    return new IpvsTable.Timeouts(seconds[0], seconds[1], seconds[2]);
  }

  /// The word that names the virtual server.
  Word addressWord() throws SyntaxException {
    return arguments.need(arguments.oneOf(SERVICE).orElse(TCP_SERVICE));
  }

  /// The virtual server that the line adds or adds to.
  VirtualAddress address() throws SyntaxException {
    CommandOption service = arguments.oneOf(SERVICE).orElse(TCP_SERVICE);
    Word word = arguments.need(service);
    if (service == FWMARK_SERVICE) {
      int mark = (int) word.number(1, 0xffff_ffffL);
      Family family = arguments.has(IPV6) ? Family.IPV6 : Family.IPV4;
      return new VirtualAddress.FirewallMark(mark, family);
    }
    if (arguments.has(IPV6)) {
      throw SyntaxException.at(arguments.need(IPV6), "-6 goes with -f only");
    }
    Protocol protocol =
        service == TCP_SERVICE
            ? Protocol.TCP
            : service == UDP_SERVICE ? Protocol.UDP : Protocol.SCTP;
    Word.Socket socket = word.socket(0);
    return new VirtualAddress.Port(protocol, socket.address(), socket.port());
  }

  /// The virtual server that `-A` adds.
  VirtualServer virtualServer(VirtualAddress address) throws SyntaxException {
    arguments.onlyTakes(OF_SERVICE);
    arguments.operands(0);
    Optional<Persistence> persistence = persistence(address.family());
    checkPort(addressWord(), address, persistence);
    boolean onePacket = arguments.has(ONE_PACKET);
    if (onePacket) {
      checkOnePacket(arguments.need(ONE_PACKET), address);
    }
    String scheduler = name(SCHEDULER, "wlc");
    return new VirtualServer(
        address, scheduler, flags(scheduler), persistence, name(ENGINE, ""), onePacket, List.of());
  }

  /// Refuses all ports without persistence, for which the kernel schedules nothing
  /// (`ip_vs_schedule` in `net/netfilter/ipvs/ip_vs_core.c`).
  static void checkPort(Word word, VirtualAddress address, Optional<Persistence> persistence)
      throws SyntaxException {
    boolean allPorts = address instanceof VirtualAddress.Port port && port.port() == 0;
    if (allPorts && persistence.isEmpty()) {
      throw SyntaxException.at(word, "only persistent virtual servers have all ports (-p)");
    }
  }

  /// Refuses a connection for each packet, but for UDP.
  static void checkOnePacket(Word word, VirtualAddress address) throws SyntaxException {
    if (address instanceof VirtualAddress.Port port && port.protocol() != Protocol.UDP) {
      throw SyntaxException.at(word, "-o goes with UDP only");
    }
  }

  private String name(CommandOption option, String missing) throws SyntaxException {
    return arguments.has(option) ? name(arguments.need(option)) : missing;
  }

  /// The name of a scheduler or an engine.
  static String name(Word word) throws SyntaxException {
    if (!VirtualServer.isName(word.text())) {
      throw SyntaxException.at(word, word.shown() + " is no name of a kernel module");
    }
    return word.text();
  }

  private Set<SchedulerFlag> flags(String scheduler) throws SyntaxException {
    return arguments.has(SCHEDULER_FLAGS)
        ? flags(arguments.need(SCHEDULER_FLAGS), scheduler)
        : Set.of();
  }

  /// Flags with commas between them.
  static Set<SchedulerFlag> flags(Word word, String scheduler) throws SyntaxException {
    Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
    for (String text : word.text().split(",", -1)) {
      flags.add(
          SchedulerFlag.parse(text, scheduler)
              .orElseThrow(
                  () -> SyntaxException.at(word, word.shown() + " are no flags of " + scheduler)));
    }
    return flags;
  }

  /// A netmask alone says nothing, although ipvsadm takes it.
  private Optional<Persistence> persistence(Family family) throws SyntaxException {
    if (!arguments.has(PERSISTENT)) {
      return Optional.empty();
    }
    Word word = arguments.need(PERSISTENT);
    int seconds =
        word.text().isEmpty() ? Persistence.DEFAULT : (int) word.number(1, Persistence.LIMIT);
    return Optional.of(persistence(seconds, family, arguments.get(NETMASK)));
  }

  /// How long a client is known, and by which part of its address.
  static Persistence persistence(int seconds, Family family, Optional<Word> mask)
      throws SyntaxException {
    if (mask.isEmpty()) {
      return Persistence.of(seconds, family);
    }
    return switch (family) {
      case IPV4 -> new Persistence(seconds, mask.get().netmask());
      case IPV6 -> Persistence.ofPrefix(seconds, family, (int) mask.get().number(1, family.bits()));
    };
  }

  /// The word that names the real server.
  Word realWord() throws SyntaxException {
    return arguments.need(REAL_SERVER);
  }

  /// The real server that `-a` adds to that virtual server.
  RealServer realServer(VirtualAddress virtual) throws SyntaxException {
    arguments.onlyTakes(OF_SERVER);
    arguments.operands(0);
    int virtualPort = virtual instanceof VirtualAddress.Port port ? port.port() : 0;
    Forwarding forwarding = forwarding();
    Word word = arguments.need(REAL_SERVER);
    Word.Socket socket = word.socket(virtualPort);
    checkFamily(word, socket, virtual, forwarding);
    int upper = (int) number(UPPER_THRESHOLD, Integer.MAX_VALUE, 0);
    return new RealServer(
        socket.address(),
        port(socket, virtual, forwarding),
        forwarding,
        (int) number(WEIGHT, RealServer.WEIGHT_LIMIT, 1),
        upper,
        (int) number(LOWER_THRESHOLD, upper, 0));
  }

  /// The port that packets come to a real server with: only masquerading changes it.
  static int port(Word.Socket socket, VirtualAddress virtual, Forwarding forwarding) {
    return forwarding != Forwarding.Method.MASQUERADE && virtual instanceof VirtualAddress.Port port
        ? port.port()
        : socket.port();
  }

  static void checkFamily(
      Word word, Word.Socket socket, VirtualAddress virtual, Forwarding forwarding)
      throws SyntaxException {
    if (socket.address().family() != virtual.family()
        && !(forwarding instanceof Forwarding.Tunnel)) {
      throw SyntaxException.at(
          word, "only tunnels lead from " + virtual.family() + " to the other family");
    }
  }

  private long number(CommandOption option, long max, long missing) throws SyntaxException {
    return arguments.has(option) ? arguments.need(option).number(0, max) : missing;
  }

  private Forwarding forwarding() throws SyntaxException {
    CommandOption method = arguments.oneOf(FORWARDING).orElse(GATEWAYING);
    if (method == IPIP) {
      return tunnel();
    }
    for (CommandOption option : TUNNEL) {
      if (arguments.has(option)) {
        throw SyntaxException.at(arguments.need(option), option + " goes with -i only");
      }
    }
    return method == MASQUERADING ? Forwarding.Method.MASQUERADE : Forwarding.Method.ROUTE;
  }

  private Forwarding tunnel() throws SyntaxException {
    Forwarding.Encapsulation encapsulation =
        arguments.has(TUNNEL_TYPE)
            ? encapsulation(arguments.need(TUNNEL_TYPE))
            : Forwarding.Encapsulation.IPIP;
    Forwarding.Checksum checksum =
        switch (arguments.oneOf(CHECKSUM).orElse(TUNNEL_NO_CHECKSUM)) {
          case TUNNEL_CHECKSUM -> Forwarding.Checksum.FULL;
          case TUNNEL_REMOTE_CHECKSUM -> Forwarding.Checksum.REMOTE;
          default -> Forwarding.Checksum.NONE;
        };
    boolean gue = encapsulation == Forwarding.Encapsulation.GUE;
    if (arguments.has(TUNNEL_PORT) != gue || !encapsulation.takes(checksum)) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, 1, "a port is for gue tunnels, a checksum for gue and gre");
    }
    int port = gue ? (int) arguments.need(TUNNEL_PORT).number(1, 65_535) : 0;
    return new Forwarding.Tunnel(encapsulation, port, checksum);
  }

  private static Forwarding.Encapsulation encapsulation(Word word) throws SyntaxException {
    return switch (word.text()) {
      case "ipip" -> Forwarding.Encapsulation.IPIP;
      case "gue" -> Forwarding.Encapsulation.GUE;
      case "gre" -> Forwarding.Encapsulation.GRE;
      default -> throw SyntaxException.at(word, word.shown() + " is no type of a tunnel");
    };
  }
}
