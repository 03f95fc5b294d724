package dev.kproxy.iptables;

import dev.kproxy.net.PortRange;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// One condition of a [Match.Conntrack]: what it asks of the connection that a packet belongs to.
public sealed interface Criterion {
  /// Whether a `!` stands before it.
  boolean inverted();

  /// `--ctstate`: any of the states; `SNAT` and `DNAT` ask whether the connection is so translated.
  record States(Set<State> states, boolean inverted) implements Criterion {
    public States {
      states = ordered(State.class, states);
    }
  }

  /// `--ctstatus`: any of the status bits; none at all is `NONE`.
  record Statuses(Set<Status> statuses, boolean inverted) implements Criterion {
    public Statuses {
      statuses = ordered(Status.class, statuses);
    }
  }

  /// `--ctproto`: the IP protocol of the connection.
  record Protocol(int number, boolean inverted) implements Criterion {}

  /// `--ctorigsrc` and its like: an address of the connection.
  record Address(End end, MaskedIp addresses, boolean inverted) implements Criterion {}

  /// `--ctorigsrcport` and its like: a port of the connection.
  record Port(End end, PortRange ports, boolean inverted) implements Criterion {}

  /// `--ctexpire`: the seconds that the connection has left, from `first` to `last`, unsigned.
  record Expire(int first, int last, boolean inverted) implements Criterion {}

  /// `--ctdir`: whether the packet flows in the direction of the first one, or replies. It has no
  /// `!`: the tool turns it into the other direction.
  record Direction(boolean reply) implements Criterion {
    @Override
    public boolean inverted() {
      return false;
    }
  }

  /// A state of a packet towards its connection, in the order in which they print.
  enum State {
    /// No packet of a known connection, nor fit to begin one.
    INVALID,
    /// The first packet of a connection.
    NEW,
    /// The first packet of a connection that another one expects.
    RELATED,
    /// A packet of a connection that has seen both directions.
    ESTABLISHED,
    /// Exempt from tracking.
    UNTRACKED,
    /// The connection's source was translated.
    SNAT,
    /// The connection's destination was translated.
    DNAT
  }

  /// A status bit of a connection, in the order in which they print.
  enum Status {
    /// Expected by another connection.
    EXPECTED,
    /// Packets were seen in both directions.
    SEEN_REPLY,
    /// Not to be forgotten early.
    ASSURED,
    /// Its first packet has left the host.
    CONFIRMED
  }

  /// One of the four ends of a connection's two tuples.
  enum End {
    /// Where the first packet came from.
    ORIGINAL_SOURCE("origsrc"),
    /// Where the first packet was sent to.
    ORIGINAL_DESTINATION("origdst"),
    /// Where replies come from.
    REPLY_SOURCE("replsrc"),
    /// Where replies are sent to.
    REPLY_DESTINATION("repldst");

    private final String text;

    End(String text) {
      this.text = text;
    }

    /// The spelling inside the option's name: `origsrc`.
    @Override
    public String toString() {
      return text;
    }
  }

  /// An immutable copy that iterates in the order of the enum.
  static <E extends Enum<E>> Set<E> ordered(Class<E> type, Set<E> values) {
    EnumSet<E> copy = EnumSet.noneOf(type);
    copy.addAll(values);
    return Collections.unmodifiableSet(copy);
  }
}
