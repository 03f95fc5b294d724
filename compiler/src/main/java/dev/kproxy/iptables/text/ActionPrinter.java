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
    if (action instanceof Action.Jump(String chain)) {
      text.add(" -j ").add(chain);
    } else if (action instanceof Action.Dnat(var to, boolean random, boolean persistent)) {
      text.add(" -j DNAT --to-destination ");
      translation(to);
      flags(random, false, persistent);
    } else if (action instanceof Action.Drop) {
      text.add(" -j DROP");
    } else if (action instanceof Action.Accept) {
      text.add(" -j ACCEPT");
    } else if (action instanceof Action.Return) {
      text.add(" -j RETURN");
    } else if (action instanceof Action.Mark(int value, int mask)) {
      mark(value, mask);
    } else if (action instanceof Action.Masquerade(var ports, boolean random, boolean fully)) {
      text.add(" -j MASQUERADE");
      toPorts(ports);
      flags(random, fully, false);
    } else if (action instanceof Action.Reject(Optional<String> with)) {
      reject(with);
    } else if (!(action instanceof Action.None)) {
      rare(action);
    }
  }

  /// What no rule of kube-proxy's does.
  private void rare(Action action) {
    switch (action) {
      case Action.Goto(String chain) -> text.add(" -g ").add(chain);
      case Action.Queue() -> text.add(" -j QUEUE");
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
      case Action.Snat(
              Action.Translation to,
              boolean random,
              boolean randomFully,
              boolean persistent) -> {
        text.add(" -j SNAT --to-source ");
        translation(to);
        flags(random, randomFully, persistent);
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
      case Action.None _,
          Action.Jump _,
          Action.Dnat _,
          Action.Drop _,
          Action.Accept _,
          Action.Return _,
          Action.Mark _,
          Action.Masquerade _,
          Action.Reject _ ->
          throw new IllegalArgumentException(action.toString());
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
