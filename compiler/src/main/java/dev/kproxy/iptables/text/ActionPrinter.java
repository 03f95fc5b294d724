package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Option;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.List;
import java.util.Optional;

/// Writes the action of a rule.
final class ActionPrinter {
  private final ByteText text;
  private final Family family;
  private final boolean restore;

  ActionPrinter(ByteText text, Family family, boolean restore) {
    this.text = text;
    this.family = family;
    this.restore = restore;
  }

  void print(Action action) {
    switch (action) {
      case Action.None() -> {}
      case Action.Jump(String chain) -> text.add(" -j ").add(chain);
      case Action.Goto(String chain) -> text.add(" -g ").add(chain);
      case Action.Accept() -> text.add(" -j ACCEPT");
      case Action.Drop() -> text.add(" -j DROP");
      case Action.Return() -> text.add(" -j RETURN");
      case Action.Queue() -> text.add(" -j QUEUE");
      case Action.Reject(Optional<String> with) -> reject(with);
      case Action.Mark(int value, int mask) -> mark(value, mask);
      case Action.ConnMark(int value, int mask) ->
          text.add(" -j CONNMARK --set-xmark ").hex(value, 1).add('/').hex(mask, 1);
      case Action.SaveMark(int packetMask, int connectionMask) ->
          copy("--save-mark", packetMask, connectionMask);
      case Action.RestoreMark(int packetMask, int connectionMask) ->
          copy("--restore-mark", packetMask, connectionMask);
      case Action.NoTrack() -> text.add(" -j NOTRACK");
      case Action.Ct(boolean noTrack, List<Option> options) -> {
        text.add(" -j CT").add(noTrack ? " --notrack" : "");
        Options.print(text, Extensions.target("CT"), options);
      }
      case Action.Dnat(Action.Translation to, boolean random, boolean persistent) -> {
        text.add(" -j DNAT --to-destination ");
        translation(to);
        flags(random, false, persistent);
      }
      case Action.Snat(
              Action.Translation to,
              boolean random,
              boolean randomFully,
              boolean persistent) -> {
        text.add(" -j SNAT --to-source ");
        translation(to);
        flags(random, randomFully, persistent);
      }
      case Action.Masquerade(Optional<PortRange> ports, boolean random, boolean randomFully) -> {
        text.add(" -j MASQUERADE");
        toPorts(ports);
        flags(random, randomFully, false);
      }
      case Action.Redirect(Optional<PortRange> ports, boolean random) -> {
        text.add(" -j REDIRECT");
        toPorts(ports);
        flags(random, false, false);
      }
      case Action.Netmap(MaskedIp to) -> text.add(" -j NETMAP --to ").add(to);
      case Action.Tproxy(int port, Optional<Ip> ip, int value, int mask) -> {
        text.add(" -j TPROXY --on-port ").add(port).add(" --on-ip ");
        text.add(ip.orElse(MaskedIp.mask(family, 0)));
        text.add(" --tproxy-mark ").hex(value, 1).add('/').hex(mask, 1);
      }
      case Action.Target(String name, List<Option> options) -> {
        text.add(" -j ").add(name);
        Options.print(text, Extensions.target(name), options);
      }
    }
  }

  private void reject(Optional<String> with) {
    text.add(" -j REJECT");
    if (with.isPresent()) {
      text.add(" --reject-with ").add(with.get());
    } else if (!restore) {
      text.add(" --reject-with ").add(Action.Reject.byDefault(family));
    }
  }

  private void mark(int value, int mask) {
    text.add(" -j MARK ");
    if (restore && mask == value) {
      text.add("--or-mark ").hex(value, 8);
    } else if (restore && mask == 0) {
      text.add("--xor-mark ").hex(value, 8);
    } else {
      text.add("--set-xmark ").hex(value, 1).add('/').hex(mask, 1);
    }
  }

  private void copy(String option, int packetMask, int connectionMask) {
    text.add(" -j CONNMARK ").add(option).add(" --nfmask ").hex(packetMask, 1);
    text.add(" --ctmask ").hex(connectionMask, 1);
  }

  private void flags(boolean random, boolean randomFully, boolean persistent) {
    text.add(random ? " --random" : "");
    text.add(randomFully ? " --random-fully" : "");
    text.add(persistent ? " --persistent" : "");
  }

  private void toPorts(Optional<PortRange> ports) {
    if (ports.isPresent()) {
      text.add(" --to-ports ");
      range(ports.get());
    }
  }

  private void range(PortRange ports) {
    text.add(ports.first());
    if (ports.last() != ports.first()) {
      text.add('-').add(ports.last());
    }
  }

  private void translation(Action.Translation to) {
    Optional<Ip> first = to.first();
    boolean brackets =
        to.ports().isPresent() && first.isPresent() && first.get().family() == Family.IPV6;
    text.add(brackets ? "[" : "");
    if (first.isPresent()) {
      text.add(first.get());
      if (to.last().isPresent() && !to.last().equals(first)) {
        text.add('-').add(to.last().get());
      }
    }
    text.add(brackets ? "]" : "");
    if (to.ports().isPresent()) {
      text.add(':');
      range(to.ports().get());
      if (to.base().isPresent()) {
        text.add('/').add(to.base().get());
      }
    }
  }
}
