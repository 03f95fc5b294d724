package dev.kproxy.simulate.iptables.target;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Addresses;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Tracking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a connection is translated to (`net/netfilter/nf_nat_core.c`).
public final class Translating {
  private static final int DRAWN_PORTS = 1 << 16;
  private static final int MOST_PORTS = 1024;

  private final Addresses addresses;

  /// The translations of a host.
  public Translating(Addresses addresses) {
    this.addresses = addresses;
  }

  /// One translation that may be chosen; `flow` is null where the packet is dropped for want of an
  /// address.
  public record Choice(@Nullable Flow flow, Fraction probability, Share share) {
    static List<Choice> certain(@Nullable Flow flow) {
      return List.of(new Choice(flow, Fraction.ONE, Share.EXACT));
    }
  }

  /// The address and port of a translation that leaves no choice.
  static Optional<Translation.To> only(Action.Translation to) {
    return to.first()
        .filter(first -> to.last().equals(Optional.of(first)))
        .flatMap(
            first ->
                to.ports()
                    .filter(ports -> ports.first() == ports.last())
                    .map(ports -> new Translation.To(first, ports.first())));
  }

  /// `-j DNAT`; empty where the choice cannot be foretold.
  static List<Choice> dnat(Action.Dnat dnat, Flow flow) {
    Header header = flow.header();
    Action.Translation to = dnat.to();
    Ip ip = header.destination();
    Share share = Share.EXACT;
    if (to.first().isPresent() && to.last().isPresent()) {
      Ip first = to.first().get();
      Ip last = to.last().get();
      ip =
          first.equals(last)
              ? first
              : AddressHash.destination(header, first, last, dnat.persistent());
      share = first.equals(last) ? Share.EXACT : Share.BY_CLIENT;
    }
    return destinations(flow, ip, to.ports(), to.base(), dnat.random(), share);
  }

  /// `-j REDIRECT`: to this host, at an address of the interface that the packet came in by.
  Effect redirect(Action.Redirect redirect, Flow flow, Stage stage) {
    Header header = flow.header();
    if (stage == Stage.OUTPUT_NAT) {
      boolean isV4 = header.family() == Family.IPV4;
      return redirect(
          redirect, flow, Optional.of(isV4 ? new Ip.V4(127 << 24 | 1) : new Ip.V6(0, 1)));
    }
    Missing missing =
        addresses.areGiven() && flow.in() == null ? Missing.IN_INTERFACE : Missing.ADDRESSES;
    Ip given = header.destination();
    List<Optional<Ip>> reached = new ArrayList<>(addresses.redirected(flow.in(), given));
    if (reached.isEmpty()) {
      reached.add(Optional.of(given));
      reached.add(Optional.empty());
    }
    Effect effect = redirect(redirect, flow, reached.removeLast());
    for (Optional<Ip> ip : reached.reversed()) {
      String where = ip.map(it -> "to " + it).orElse("nowhere");
      Why why = new Why(missing, "whether REDIRECT leads " + where + " is not given");
      effect = new Effect.Either(why, redirect(redirect, flow, ip), effect);
    }
    return effect;
  }

  /// Without an address to lead to the packet is dropped.
  private static Effect redirect(Action.Redirect redirect, Flow flow, Optional<Ip> ip) {
    return new Effect.Translate(
        ip.map(
                it ->
                    destinations(
                        flow,
                        it,
                        redirect.ports(),
                        Optional.empty(),
                        redirect.random(),
                        Share.EXACT))
            .orElseGet(() -> Choice.certain(null)));
  }

  /// A port within the range stays; any other becomes the first of it, or a random one.
  private static List<Choice> destinations(
      Flow flow,
      Ip ip,
      Optional<PortRange> ports,
      Optional<Integer> base,
      boolean random,
      Share share) {
    int port = flow.header().destinationPort();
    if (ports.isEmpty() || port < 0) {
      return List.of(new Choice(destination(flow, ip, port), Fraction.ONE, share));
    }
    PortRange range = ports.get();
    int size = range.last() - range.first() + 1;
    if (base.isPresent()) {
      int offset = (port - base.get()) & 0xffff;
      int shifted = range.first() + offset % size;
      return List.of(new Choice(destination(flow, ip, shifted), Fraction.ONE, share));
    }
    if (!random || size == 1) {
      int chosen = range.contains(port) ? port : range.first();
      return List.of(new Choice(destination(flow, ip, chosen), Fraction.ONE, share));
    }
    return size > MOST_PORTS ? List.of() : drawn(flow, ip, range, size, share);
  }

  /// The kernel draws 16 bits and takes the rest of a division.
  private static List<Choice> drawn(Flow flow, Ip ip, PortRange range, int size, Share share) {
    List<Choice> choices = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int draws = DRAWN_PORTS / size + (i < DRAWN_PORTS % size ? 1 : 0);
      choices.add(
          new Choice(destination(flow, ip, range.first() + i), Fraction.dyadic(draws, 16), share));
    }
    return choices;
  }

  /// `-j NETMAP`.
  static List<Choice> netmap(MaskedIp to, Flow flow, Stage stage) {
    Header header = flow.header();
    return Choice.certain(
        stage.translatesSource()
            ? source(
                flow,
                exchanged(to, header.source()),
                header.sourcePort(),
                new Translation.To(exchanged(to, header.source()), header.sourcePort()))
            : destination(flow, exchanged(to, header.destination()), header.destinationPort()));
  }

  /// `-j SNAT`. The port is shown as it was unless there is only one to choose.
  static List<Choice> snat(Action.Snat snat, Flow flow) {
    Header header = flow.header();
    Action.Translation to = snat.to();
    boolean random = snat.random() || snat.randomFully();
    Ip ip = header.source();
    Share share = Share.EXACT;
    if (to.first().isPresent() && to.last().isPresent()) {
      Ip first = to.first().get();
      Ip last = to.last().get();
      if (random || !ip.isBetween(first, last) || !mayStay(to.ports(), header)) {
        ip =
            first.equals(last) ? first : AddressHash.source(header, first, last, snat.persistent());
        share = first.equals(last) ? Share.EXACT : Share.BY_CLIENT;
      }
    }
    int port = port(to.ports(), header);
    Flow after = source(flow, ip, port, new Translation.To(ip, port));
    boolean drawn = draws(to.ports(), random, header);
    return List.of(new Choice(drawn ? drawn(after) : after, Fraction.ONE, share));
  }

  /// Whether the port of a source is among those to choose from; then an address that is one of
  /// them, too, stays (`nf_in_range`).
  private static boolean mayStay(Optional<PortRange> ports, Header header) {
    int port = header.sourcePort();
    return ports.filter(range -> port >= 0 && !range.contains(port)).isEmpty();
  }

  private static int port(Optional<PortRange> ports, Header header) {
    return ports
        .filter(range -> header.sourcePort() >= 0 && range.first() == range.last())
        .map(PortRange::first)
        .orElse(header.sourcePort());
  }

  /// Whether the source gets a port, or a query a number, that nobody can foretell: where that is
  /// asked for, or where the old one is not among several that are allowed.
  private static boolean draws(Optional<PortRange> ports, boolean random, Header header) {
    int port = header.sourcePort();
    return ports
        .filter(_ -> port >= 0)
        .map(range -> range.first() != range.last() && (random || !range.contains(port)))
        .orElse(random);
  }

  private static Flow drawn(Flow flow) {
    Tracking tracking = flow.tracking();
    return tracking == null ? flow : flow.with(tracking.drawSourcePort());
  }

  /// `-j MASQUERADE`, with ports as those of SNAT: where the address that it takes is not known,
  /// the packet is shown with the source that it had.
  List<Choice> masquerade(Action.Masquerade masquerade, Flow flow) {
    Header header = flow.header();
    if (header.source().isUnspecified()) {
      return Choice.certain(flow);
    }
    String device = flow.out();
    boolean random = masquerade.random() || masquerade.randomFully();
    boolean drawn = draws(masquerade.ports(), random, header);
    int port = port(masquerade.ports(), header);
    boolean toSelf = "lo".equals(device);
    if (device == null || !(toSelf ? addresses.areGiven() : addresses.areGiven(device))) {
      return Choice.certain(masqueraded(flow, header.source(), port, drawn));
    }
    Ip neighbour = toSelf ? header.destination() : flow.gateway();
    List<Ip> own = addresses.sources().select(device, header.destination(), neighbour);
    return Choice.certain(
        own.isEmpty()
            ? null
            : masqueraded(flow, own.size() == 1 ? own.getFirst() : header.source(), port, drawn));
  }

  private static Flow masqueraded(Flow flow, Ip ip, int port, boolean drawn) {
    Flow after = source(flow, ip, port, new Translation.Masquerade());
    return drawn ? drawn(after) : after;
  }

  /// The packet on its way to another destination.
  static Flow destination(Flow flow, Ip ip, int port) {
    Header header = flow.header().withDestination(ip, port);
    Tracking tracking = flow.tracking();
    return tracking == null
        ? flow.with(header)
        : flow.with(
            header,
            tracking.decideDestination(
                new Translation.To(ip, header.destinationPort()),
                tracking.translated().withDestination(ip, port)));
  }

  private static Flow source(Flow flow, Ip ip, int port, Translation to) {
    Header header = flow.header().withSource(ip, port);
    Tracking tracking = flow.tracking();
    return tracking == null
        ? flow.with(header)
        : flow.with(header, tracking.decideSource(to, tracking.translated().withSource(ip, port)));
  }

  /// The address with the network's bits in place of its own.
  private static Ip exchanged(MaskedIp to, Ip ip) {
    if (ip instanceof Ip.V4(int bits)
        && to.ip() instanceof Ip.V4(int network)
        && to.mask() instanceof Ip.V4(int mask)) {
      return new Ip.V4((bits & ~mask) | network);
    }
    if (ip instanceof Ip.V6(long high, long low)
        && to.ip() instanceof Ip.V6(long networkHigh, long networkLow)
        && to.mask() instanceof Ip.V6(long maskHigh, long maskLow)) {
      return new Ip.V6((high & ~maskHigh) | networkHigh, (low & ~maskLow) | networkLow);
    }
    return ip;
  }
}
