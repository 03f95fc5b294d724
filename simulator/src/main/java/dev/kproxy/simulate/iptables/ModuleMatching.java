package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Option;
import dev.kproxy.simulate.Packet;
import java.util.Optional;

/// What is asked of things that a packet does not show: sets, sockets, counters, the ports of
/// bridges. Where the answer follows from the packet's way it is given, else it is unknown.
final class ModuleMatching {
  private final Packet packet;

  ModuleMatching(Packet packet) {
    this.packet = packet;
  }

  Answer set(Match.MatchSet match, Flow flow) {
    return new Answer.Unknown("the set " + match.set() + " is not given", null);
  }

  /// A packet of the host itself has no port of a bridge behind it; whether another one has, is not
  /// known.
  Answer physDev(Match.PhysDev match, Flow flow) {
    if (packet.origin() == Packet.Origin.LOCAL) {
      boolean holds =
          no(match.isIn())
              && no(match.isOut())
              && no(match.isBridged())
              && no(match.in().map(in -> new Negatable<>(true, in.inverted())))
              && no(match.out().map(out -> new Negatable<>(true, out.inverted())));
      return Answer.Known.of(holds);
    }
    return new Answer.Unknown("the ports of bridges that the packet passes are not given", match);
  }

  private static boolean no(Optional<Negatable<Boolean>> asked) {
    return asked.isEmpty() || asked.get().value() == asked.get().inverted();
  }

  Answer ask(Match.Module module, Flow flow, Stage stage) {
    return switch (module.name()) {
      case "owner", "cgroup" -> owner(module);
      case "limit", "hashlimit", "connlimit", "quota", "connbytes", "rateest" ->
          new Answer.Unknown("-m " + module.name() + " depends on what came before", null);
      default -> new Answer.Unknown("what -m " + module.name() + " asks is not given", module);
    };
  }

  /// What passes through has no socket here.
  private Answer owner(Match.Module module) {
    if (packet.origin() == Packet.Origin.FORWARD) {
      return Answer.Known.of(module.options().stream().allMatch(Option::inverted));
    }
    return new Answer.Unknown("the socket of the packet is not given", module);
  }
}
