package dev.kproxy.simulate.iptables.flow;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The connection of a packet, as connection tracking knows it.
///
/// @param original the addresses of its first packet, before any translation
/// @param reply whether the packet flows the other way
/// @param given whether somebody told its translations; else the nat tables decide them
/// @param dnatDone whether the destination's translation, or that there is none, is decided
/// @param snatDone the same of the source
/// @param translated the first packet's addresses so far, after translation
/// @param drawn whether its source port, or the number of a query, is drawn anew and so not known
/// @param template whether it is what `-j CT` asks of the connection, which is not looked up yet
public record Tracking(
    Packet.State state,
    Header original,
    boolean reply,
    boolean given,
    boolean dnatDone,
    boolean snatDone,
    @Nullable Translation dnat,
    @Nullable Translation snat,
    Header translated,
    boolean drawn,
    boolean template,
    Mark mark) {

  /// How tracking sees a packet that comes by.
  public static Tracking of(Packet packet, Header header) {
    Mark unset = packet.state() == Packet.State.NEW ? Mark.NONE : Mark.UNKNOWN;
    Optional<Packet.Connection> known = packet.connection().or(() -> answered(packet, header));
    if (known.isEmpty()) {
      return new Tracking(
          packet.state(),
          header,
          false,
          false,
          false,
          false,
          null,
          null,
          header,
          false,
          false,
          unset);
    }
    Packet.Connection connection = known.get();
    Header original = connection.original();
    Header translated = original;
    if (connection.dnat().isPresent()) {
      Translation.To to = connection.dnat().get();
      translated = translated.withDestination(to.ip(), to.port());
    }
    if (connection.snat().isPresent()) {
      Translation.To to = connection.snat().get();
      translated = translated.withSource(to.ip(), to.port());
    }
    return new Tracking(
        packet.state(),
        original,
        connection.reply(),
        true,
        false,
        false,
        connection.balanced() ? null : connection.dnat().orElse(null),
        connection.snat().orElse(null),
        translated,
        false,
        false,
        connection.mark().isPresent() ? Mark.of(connection.mark().getAsInt()) : unset);
  }

  /// What answers by its kind opens no connection: it belongs to that of what it answers, which is
  /// taken for one without NAT.
  private static Optional<Packet.Connection> answered(Packet packet, Header header) {
    Ip asker = header.destination();
    Ip asked = header.source();
    return packet.isAnswer()
        ? header
            .transport()
            .request()
            .map(request -> new Header(asker, asked, request))
            .map(
                original ->
                    new Packet.Connection(
                        original,
                        true,
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        OptionalInt.empty()))
        : Optional.empty();
  }

  /// A packet that is exempt.
  public static Tracking exempt(Header header) {
    return new Tracking(
        Packet.State.UNTRACKED,
        header,
        false,
        false,
        true,
        true,
        null,
        null,
        header,
        false,
        false,
        Mark.NONE);
  }

  /// What `-j CT` asks of the connection: until it is looked up the packet has this one, which is
  /// new and has no translation.
  public static Tracking template(Header header) {
    return new Tracking(
        Packet.State.NEW,
        header,
        false,
        false,
        false,
        false,
        null,
        null,
        header,
        false,
        true,
        Mark.NONE);
  }

  /// Whether there is a connection at all.
  public boolean exists() {
    return state != Packet.State.INVALID && state != Packet.State.UNTRACKED;
  }

  /// The same with the destination's translation decided.
  public Tracking decideDestination(@Nullable Translation to, Header after) {
    return new Tracking(
        state, original, reply, given, true, snatDone, to, snat, after, drawn, template, mark);
  }

  /// The same with the source's translation decided.
  public Tracking decideSource(@Nullable Translation to, Header after) {
    return new Tracking(
        state, original, reply, given, dnatDone, true, dnat, to, after, drawn, template, mark);
  }

  /// The same where ip_vs has given the connection to a server: replies come from there, which is
  /// no translation of the nat tables (`ip_vs_update_conntrack`).
  public Tracking servedBy(Translation.To server) {
    return new Tracking(
        state,
        original,
        reply,
        given,
        dnatDone,
        snatDone,
        dnat,
        snat,
        translated.withDestination(server.ip(), server.port()),
        drawn,
        template,
        mark);
  }

  /// The same with another mark.
  public Tracking marked(Mark newMark) {
    return new Tracking(
        state,
        original,
        reply,
        given,
        dnatDone,
        snatDone,
        dnat,
        snat,
        translated,
        drawn,
        template,
        newMark);
  }

  /// The same in another state.
  public Tracking in(Packet.State newState) {
    return new Tracking(
        newState,
        original,
        reply,
        given,
        dnatDone,
        snatDone,
        dnat,
        snat,
        translated,
        drawn,
        template,
        mark);
  }

  /// Whether the destination has a translation, or none, that the nat tables will show later: an
  /// established connection got it with its first packet.
  public boolean hidesDestination() {
    return state == Packet.State.ESTABLISHED && !given && !dnatDone;
  }

  /// The same of the source.
  public boolean hidesSource() {
    return state == Packet.State.ESTABLISHED && !given && !snatDone;
  }

  /// Whether the destination is another than it was.
  public boolean changedDestination() {
    return !translated.destination().equals(original.destination())
        || translated.destinationPort() != original.destinationPort();
  }

  /// The same with a source port, or a number of a query, that is drawn anew.
  public Tracking drawSourcePort() {
    return new Tracking(
        state,
        original,
        reply,
        given,
        dnatDone,
        snatDone,
        dnat,
        snat,
        translated,
        true,
        template,
        mark);
  }

  /// Whether the source is another than it was.
  public boolean changedSource() {
    return drawn
        || !translated.source().equals(original.source())
        || translated.sourcePort() != original.sourcePort();
  }
}
