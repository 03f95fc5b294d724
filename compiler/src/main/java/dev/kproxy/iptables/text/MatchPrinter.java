package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Option;
import dev.kproxy.iptables.Probability;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.ProtocolNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes the extensions of a rule: options in the order of the kernel's tools, whatever the order
/// in which they were given.
final class MatchPrinter {
  private static final String[] FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};

  private final ByteText text;
  private final Family family;
  private final boolean restore;

  MatchPrinter(ByteText text, Family family, boolean restore) {
    this.text = text;
    this.family = family;
    this.restore = restore;
  }

  /// `-m`, the name of the module, and its options.
  ///
  /// @param between writes what comes between the two where the module is one of ports
  void print(Match.Extension match, Runnable between) {
    if (match instanceof Match.Comment(String comment)) {
      module("comment").string(false, " --comment ", comment);
    } else if (match instanceof Match.Tcp tcp) {
      module("tcp");
      between.run();
      tcp(tcp);
    } else if (match instanceof Match.Udp(var source, var destination)) {
      module("udp");
      between.run();
      ports(source, destination);
    } else if (match instanceof Match.Sctp sctp) {
      module("sctp");
      between.run();
      sctp(sctp);
    } else if (match instanceof Match.Random random) {
      module("statistic").random(random);
    } else if (match instanceof Match.AddrType addrType) {
      module("addrtype").addrType(addrType);
    } else if (match instanceof Match.Mark(int value, int mask, boolean inverted)) {
      module("mark").mark(value, mask, inverted);
    } else if (match instanceof Match.Conntrack(List<Criterion> criteria)) {
      module("conntrack");
      criteria.forEach(this::criterion);
    } else if (match instanceof Match.Recent recent) {
      module("recent").recent(recent);
    } else if (match instanceof Match.NfAcct(String name)) {
      // the tool's own blank and that of its routine for strings
      module("nfacct").string(false, restore ? " --nfacct-name " : " --nfacct-name  ", name);
    } else if (match instanceof Match.MatchSet matchSet) {
      module("set").matchSet(matchSet);
    } else {
      rare(match);
    }
  }

  /// What no rule of kube-proxy's has.
  private void rare(Match.Extension match) {
    switch (match) {
      case Match.Icmp(Negatable<Match.Icmp.Type> type) ->
          module(family == Family.IPV4 ? "icmp" : "icmp6").icmp(type);
      case Match.Multiport multiport -> module("multiport").multiport(multiport);
      case Match.ConnMark(int value, int mask, boolean inverted) ->
          module("connmark").mark(value, mask, inverted);
      case Match.State(Set<Criterion.State> states, boolean inverted) ->
          module("state").names(inverted, "--state ", states);
      case Match.Nth nth -> module("statistic").nth(nth);
      case Match.IpRange(var source, var destination) -> {
        module("iprange");
        source.ifPresent(range -> range("--src-range ", range));
        destination.ifPresent(range -> range("--dst-range ", range));
      }
      case Match.PhysDev physDev -> module("physdev").physDev(physDev);
      case Match.Ipvs ipvs -> module("ipvs").ipvs(ipvs);
      case Match.Module(String name, List<Option> options) -> {
        module(name);
        Options.print(text, Extensions.match(name), options);
      }
      case Match.Comment _,
          Match.Tcp _,
          Match.Udp _,
          Match.Sctp _,
          Match.Random _,
          Match.AddrType _,
          Match.Mark _,
          Match.Conntrack _,
          Match.Recent _,
          Match.NfAcct _,
          Match.MatchSet _ ->
          throw new IllegalArgumentException(match.toString());
    }
  }

  private MatchPrinter module(String name) {
    text.add(" -m ").add(name);
    return this;
  }

  private void nth(Match.Nth nth) {
    text.add(" --mode nth")
        .option(nth.inverted(), "--every ")
        .add(Integer.toUnsignedLong(nth.every()))
        .add(" --packet ")
        .add(Integer.toUnsignedLong(nth.packet()));
  }

  private void string(boolean inverted, String option, String value) {
    text.add(inverted ? " !" : "").add(option);
    if (restore) {
      text.word(value);
    } else {
      text.quotable(value);
    }
  }

  private void tcp(Match.Tcp tcp) {
    ports(tcp.source(), tcp.destination());
    tcp.option().ifPresent(it -> text.option(it.inverted(), "--tcp-option ").add(it.value()));
    tcp.flags()
        .ifPresent(
            it -> {
              text.option(it.inverted(), "--tcp-flags ");
              flags(it.value().mask());
              text.add(' ');
              flags(it.value().set());
            });
  }

  private void flags(int bits) {
    boolean first = true;
    for (int i = 0; i < FLAGS.length; i++) {
      if ((bits >> i & 1) != 0) {
        text.add(first ? "" : ",").add(FLAGS[i]);
        first = false;
      }
    }
    text.add(first ? "NONE" : "");
  }

  private void sctp(Match.Sctp sctp) {
    ports(sctp.source(), sctp.destination());
    sctp.chunks()
        .ifPresent(
            it -> {
              text.option(it.inverted(), "--chunk-types");
              it.value().forEach(word -> text.add(' ').word(word));
            });
  }

  private void ports(
      Optional<Negatable<PortRange>> source, Optional<Negatable<PortRange>> destination) {
    source.ifPresent(it -> port(it.inverted(), "--sport ", it.value()));
    destination.ifPresent(it -> port(it.inverted(), "--dport ", it.value()));
  }

  private void port(boolean inverted, String option, PortRange ports) {
    text.option(inverted, option).add(ports.first());
    if (ports.last() != ports.first()) {
      text.add(':').add(ports.last());
    }
  }

  private void icmp(Negatable<Match.Icmp.Type> it) {
    boolean v4 = family == Family.IPV4;
    Match.Icmp.Type type = it.value();
    text.option(it.inverted(), v4 ? "--icmp-type " : "--icmpv6-type ");
    if (v4 && type.type() == 255) {
      text.add("any");
      return;
    }
    text.add(type.type());
    if (type.firstCode() != 0 || type.lastCode() != 255) {
      text.add('/').add(type.firstCode());
      if (type.lastCode() != type.firstCode()) {
        text.add('-').add(type.lastCode());
      }
    }
  }

  private void multiport(Match.Multiport multiport) {
    text.option(
        multiport.inverted(),
        switch (multiport.which()) {
          case SOURCE -> "--sports";
          case DESTINATION -> "--dports";
          case EITHER -> "--ports";
        });
    char separator = ' ';
    for (PortRange ports : multiport.ports()) {
      text.add(separator).add(ports.first());
      if (ports.last() != ports.first()) {
        text.add(':').add(ports.last());
      }
      separator = ',';
    }
  }

  private void mark(int value, int mask, boolean inverted) {
    int width = restore ? 8 : 1;
    text.option(inverted, "--mark ").hex(value, width);
    if (mask != -1) {
      text.add('/').hex(mask, width);
    }
  }

  private void criterion(Criterion criterion) {
    if (criterion instanceof Criterion.States(Set<Criterion.State> states, boolean inverted)) {
      names(inverted, "--ctstate ", states);
    } else {
      rare(criterion);
    }
  }

  private void rare(Criterion criterion) {
    switch (criterion) {
      case Criterion.States _ -> throw new IllegalArgumentException(criterion.toString());
      case Criterion.Statuses(Set<Criterion.Status> statuses, boolean inverted) -> {
        names(inverted, "--ctstatus ", statuses);
        text.add(statuses.isEmpty() ? "NONE" : "");
      }
      case Criterion.Protocol(int number, boolean inverted) ->
          text.option(inverted, "--ctproto ").add(number);
      case Criterion.Address(Criterion.End end, MaskedIp addresses, boolean inverted) ->
          text.option(inverted, "--ct").add(end.toString()).add(' ').addHost(addresses);
      case Criterion.Port(Criterion.End end, PortRange ports, boolean inverted) -> {
        text.option(inverted, "--ct").add(end.toString());
        text.add("port ").add(ports.first());
        if (ports.last() != ports.first()) {
          text.add(':').add(ports.last());
        }
      }
      case Criterion.Expire(int first, int last, boolean inverted) -> {
        text.option(inverted, "--ctexpire ").add(Integer.toUnsignedLong(first));
        if (last != first) {
          text.add(':').add(Integer.toUnsignedLong(last));
        }
      }
      case Criterion.Direction(boolean reply) ->
          text.add(" --ctdir ").add(reply ? "REPLY" : "ORIGINAL");
    }
  }

  private void names(boolean inverted, String option, Set<? extends Enum<?>> values) {
    text.option(inverted, option);
    boolean first = true;
    for (Enum<?> value : values) {
      text.add(first ? "" : ",").add(value.name());
      first = false;
    }
  }

  private void addrType(Match.AddrType it) {
    it.source().ifPresent(types -> names(types.inverted(), "--src-type ", types.value()));
    it.destination().ifPresent(types -> names(types.inverted(), "--dst-type ", types.value()));
    text.add(it.limitIn() ? " --limit-iface-in" : "");
    text.add(it.limitOut() ? " --limit-iface-out" : "");
  }

  private void random(Match.Random random) {
    text.add(" --mode random").option(random.inverted(), "--probability ");
    if (restore) {
      long decimals =
          random.oneIn() > 0
              ? Probability.tenDecimals(random.oneIn())
              : Probability.decimals(random.numerator(), 10);
      fraction(decimals, 10);
    } else {
      fraction(Probability.decimals(random.numerator(), 11), 11);
    }
  }

  private void fraction(long units, int decimals) {
    long one = decimals == 10 ? 10_000_000_000L : 100_000_000_000L;
    text.add(units / one).add('.').digits(units % one, decimals);
  }

  private void recent(Match.Recent recent) {
    String operation =
        switch (recent.operation()) {
          case SET -> "--set";
          case RCHECK -> "--rcheck";
          case UPDATE -> "--update";
          case REMOVE -> "--remove";
        };
    if (restore) {
      text.add(" --name ").word(recent.name());
    }
    text.option(recent.inverted(), operation);
    if (recent.seconds() != 0) {
      text.add(" --seconds ").add(Integer.toUnsignedLong(recent.seconds()));
    }
    text.add(recent.reap() ? " --reap" : "");
    if (recent.hitCount() != 0) {
      text.add(" --hitcount ").add(Integer.toUnsignedLong(recent.hitCount()));
    }
    text.add(recent.ttl() ? " --rttl" : "");
    if (restore) {
      recent.mask().ifPresent(mask -> text.add(" --mask ").add(mask));
      text.add(recent.destination() ? " --rdest" : "");
    } else {
      Ip mask = recent.mask().orElse(MaskedIp.mask(family, family.bits()));
      text.add(" --name ").word(recent.name()).add(" --mask ").add(mask);
      text.add(recent.destination() ? " --rdest" : " --rsource");
    }
  }

  private void matchSet(Match.MatchSet it) {
    text.option(it.inverted(), "--match-set ").word(it.set());
    char separator = ' ';
    for (Match.MatchSet.Side side : it.sides()) {
      text.add(separator).add(side == Match.MatchSet.Side.SRC ? "src" : "dst");
      separator = ',';
    }
    Options.print(text, Extensions.match("set"), it.options());
  }

  private void range(String option, Negatable<Match.IpRange.Range> range) {
    text.option(range.inverted(), option).add(range.value().first());
    text.add('-').add(range.value().last());
  }

  private void physDev(Match.PhysDev it) {
    it.isIn().ifPresent(is -> text.option(is.inverted(), "--physdev-is-in"));
    it.in().ifPresent(in -> text.option(in.inverted(), "--physdev-in ").word(in.value()));
    it.isOut().ifPresent(is -> text.option(is.inverted(), "--physdev-is-out"));
    it.out().ifPresent(out -> text.option(out.inverted(), "--physdev-out ").word(out.value()));
    it.isBridged().ifPresent(is -> text.option(is.inverted(), "--physdev-is-bridged"));
  }

  private void ipvs(Match.Ipvs it) {
    if (restore) {
      it.address().ifPresent(ip -> text.option(ip.inverted(), "--vaddr ").addHost(ip.value()));
      it.protocol()
          .ifPresent(p -> text.option(p.inverted(), "--vproto ").add(ProtocolNames.of(p.value())));
    } else {
      it.protocol().ifPresent(p -> text.option(p.inverted(), "--vproto ").add(p.value()));
      it.address().ifPresent(ip -> text.option(ip.inverted(), "--vaddr ").addHost(ip.value()));
    }
    it.port().ifPresent(port -> text.option(port.inverted(), "--vport ").add(port.value()));
    Options.print(text, Extensions.match("ipvs"), it.options());
  }
}
