package dev.kproxy.iptables;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.List;
import java.util.Optional;

/// What becomes of a packet for which a rule holds.
public sealed interface Action {
  /// The chain that is asked next; empty where the action calls none.
  default Optional<String> callee() {
    return Optional.empty();
  }

  /// A rule without `-j`: it only counts, and the next rule is asked.
  record None() implements Action {}

  /// `-j CHAIN`: on with that chain, and back after this rule where it decides nothing.
  record Jump(String chain) implements Action {
    @Override
    public Optional<String> callee() {
      return Optional.of(chain);
    }
  }

  /// `-g CHAIN`: on with that chain, and back to where this rule's chain was called from.
  record Goto(String chain) implements Action {
    @Override
    public Optional<String> callee() {
      return Optional.of(chain);
    }
  }

  /// `-j ACCEPT`: the packet leaves the table.
  record Accept() implements Action {}

  /// `-j DROP`.
  record Drop() implements Action {}

  /// `-j RETURN`: back to the caller; in a built-in chain, the policy.
  record Return() implements Action {}

  /// `-j QUEUE`: a program decides.
  record Queue() implements Action {}

  /// `-j REJECT`.
  ///
  /// @param with the kind of answer, as `icmp-port-unreachable` or `tcp-reset`; empty is the
  ///   default of the family, a port-unreachable
  record Reject(Optional<String> with) implements Action {
    /// The default answer of the family.
    public Reject() {
      this(Optional.empty());
    }

    /// What REJECT answers where nothing else is said.
    public static String byDefault(Family family) {
      return family == Family.IPV4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
    }
  }

  /// `-j MARK`: the packet's mark becomes `(mark & ~mask) ^ value` (`--set-xmark value/mask`).
  record Mark(int value, int mask) implements Action {
    /// `--or-mark`.
    public static Mark or(int bits) {
      return new Mark(bits, bits);
    }

    /// `--xor-mark`.
    public static Mark xor(int bits) {
      return new Mark(bits, 0);
    }
  }

  /// `-j CONNMARK --set-xmark`: the connection's mark becomes `(mark & ~mask) ^ value`.
  record ConnMark(int value, int mask) implements Action {}

  /// `-j CONNMARK --save-mark`: the connection's mark becomes `(connection & ~connectionMask) ^
  /// (packet & packetMask)`.
  record SaveMark(int packetMask, int connectionMask) implements Action {}

  /// `-j CONNMARK --restore-mark`: the packet's mark becomes `(packet & ~packetMask) ^ (connection
  /// & connectionMask)`.
  record RestoreMark(int packetMask, int connectionMask) implements Action {}

  /// `-j NOTRACK`, the older spelling of `CT --notrack`.
  record NoTrack() implements Action {}

  /// `-j CT`: how the packet's connection is tracked.
  ///
  /// @param noTrack `--notrack`: not at all
  /// @param options what else stands there: `zone`, `helper`, `ctevents`, …
  record Ct(boolean noTrack, List<Option> options) implements Action {
    public Ct {
      options = List.copyOf(options);
    }
  }

  /// `-j DNAT`: the connection's destination is translated.
  record Dnat(Translation to, boolean random, boolean persistent) implements Action {
    /// To one address and port.
    public Dnat(Ip ip, int port) {
      this(Translation.to(ip, port), false, false);
    }
  }

  /// `-j SNAT`: the connection's source is translated.
  record Snat(Translation to, boolean random, boolean randomFully, boolean persistent)
      implements Action {}

  /// `-j MASQUERADE`: the connection's source becomes the address of the interface that it leaves
  /// by.
  ///
  /// @param ports which the source port is taken from; empty where it is kept if it is free
  record Masquerade(Optional<PortRange> ports, boolean random, boolean randomFully)
      implements Action {
    /// Without ports.
    public Masquerade(boolean randomFully) {
      this(Optional.empty(), false, randomFully);
    }
  }

  /// `-j REDIRECT`: the connection's destination becomes this host.
  record Redirect(Optional<PortRange> ports, boolean random) implements Action {}

  /// `-j NETMAP`: the bits of the network are exchanged, those of the host stay.
  record Netmap(MaskedIp to) implements Action {}

  /// `-j TPROXY`: the packet goes to a local socket without being changed.
  record Tproxy(int port, Optional<Ip> ip, int mark, int mask) implements Action {}

  /// Any other target, carried along without being understood.
  record Target(String name, List<Option> options) implements Action {
    public Target {
      options = List.copyOf(options);
    }
  }

  /// What an address is translated to: addresses, ports, or both.
  ///
  /// @param first the first of the addresses, `last` the last; both empty where the address stays
  /// @param ports empty where the port stays
  /// @param base the port of a shifted range (`ports/base`) that becomes the first of `ports`
  record Translation(
      Optional<Ip> first, Optional<Ip> last, Optional<PortRange> ports, Optional<Integer> base) {
    /// One address and port.
    public static Translation to(Ip ip, int port) {
      Optional<Ip> address = Optional.of(ip);
      return new Translation(address, address, Optional.of(PortRange.of(port)), Optional.empty());
    }
  }
}
