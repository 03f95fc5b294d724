package dev.kproxy.simulate.iptables.flow;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Selection;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// All that rules can ask of a packet at one moment; two packets whose flows are equal fare the
/// same from there.
///
/// @param in the interface that it came in by: empty where it came in by none, null where nobody
///   told
/// @param out the interface that it leaves by, as rules see it, in the same way
/// @param exit the interface that it will leave by as it is routed now; `lo` is this host
/// @param gateway the neighbour that it will be sent to, where that is known
/// @param marks its mark, and that of the packet that it stands for beside itself
/// @param tracking its connection; null before connection tracking has seen it
/// @param balancing what ip_vs does with it; null where it does nothing
/// @param hasSocket whether TPROXY has given it a socket
/// @param visits what `-m recent` and targets have changed on the way
public record Flow(
    Header header,
    @Nullable String in,
    @Nullable String out,
    @Nullable String exit,
    @Nullable Ip gateway,
    Marks marks,
    @Nullable Tracking tracking,
    @Nullable Balancing balancing,
    boolean hasSocket,
    @Nullable Trail<Visit> visits) {

  /// Whether the packet has a source port that was drawn, and so is not the one in its header.
  public boolean hasDrawnPort() {
    return tracking != null && tracking.drawn() && header.transport() instanceof Transport.Ports;
  }

  /// The same with other addresses.
  public Flow with(Header newHeader) {
    return new Flow(
        newHeader, in, out, exit, gateway, marks, tracking, balancing, hasSocket, visits);
  }

  /// The same with its connection as tracking knows it now.
  public Flow with(Tracking newTracking) {
    return new Flow(
        header, in, out, exit, gateway, marks, newTracking, balancing, hasSocket, visits);
  }

  /// The same with other addresses, and its connection as tracking knows it now.
  public Flow with(Header newHeader, Tracking newTracking) {
    return new Flow(
        newHeader, in, out, exit, gateway, marks, newTracking, balancing, hasSocket, visits);
  }

  /// The mark of the packet, as rules see it.
  public Mark mark() {
    return marks.seen();
  }

  /// The same with a change of its mark.
  public Flow marked(UnaryOperator<Mark> change, Stage stage) {
    return with(marks.changed(change, stage));
  }

  /// The same, seen as the other of the two packets that it stands for.
  Flow exchanged() {
    return with(marks.exchanged());
  }

  private Flow with(Marks newMarks) {
    return new Flow(
        header, in, out, exit, gateway, newMarks, tracking, balancing, hasSocket, visits);
  }

  /// The same, come in by an interface.
  public Flow comingBy(@Nullable String device) {
    return new Flow(
        header, device, out, exit, gateway, marks, tracking, balancing, hasSocket, visits);
  }

  /// The same, routed anew.
  ///
  /// @param seen the interface as rules see it
  /// @param routed the interface that it will leave by
  /// @param neighbour the neighbour that it will be sent to, where that is known
  public Flow leavingBy(@Nullable String seen, @Nullable String routed, @Nullable Ip neighbour) {
    return new Flow(
        header, in, seen, routed, neighbour, marks, tracking, balancing, hasSocket, visits);
  }

  /// The same as ip_vs handles it.
  public Flow balanced(Balancing newBalancing) {
    return new Flow(
        header, in, out, exit, gateway, marks, tracking, newBalancing, hasSocket, visits);
  }

  /// The same with a socket that is to have it.
  public Flow withSocket() {
    return new Flow(header, in, out, exit, gateway, marks, tracking, balancing, true, visits);
  }

  /// The same after one more change of a list or a set.
  public Flow after(Visit visit) {
    return new Flow(
        header,
        in,
        out,
        exit,
        gateway,
        marks,
        tracking,
        balancing,
        hasSocket,
        new Trail<>(visit, visits));
  }

  /// The last change of that list or set; null where there was none.
  public @Nullable Visit lastVisit(Object what) {
    Trail<Visit> rest = visits;
    while (rest != null && !rest.last().what.equals(what)) {
      rest = rest.before();
    }
    return rest == null ? null : rest.last();
  }

  /// What tells the question that a match asks here from others that it asks where targets have
  /// made the answer another one.
  public Object asked(Match match) {
    List<Action.Target> targets =
        Trail.list(visits).stream().map(Visit::by).filter(Objects::nonNull).toList();
    return targets.isEmpty() ? match : new AfterTargets(match, targets);
  }

  /// Whether it is routed to this host.
  public boolean isForSelf() {
    return "lo".equals(exit);
  }

  /// Whether ip_vs has handled the packet already, and so lets it pass.
  public boolean isBalanced() {
    return balancing != null && balancing.done();
  }

  /// What ip_vs does with a packet.
  ///
  /// @param virtual the virtual server and its scheduler, as a path shows them
  /// @param server the real server of its connection
  /// @param to what the destination of the connection is translated to; null where it is not
  /// @param selection how it was chosen; null for a packet of a connection that stands
  /// @param done whether the packet is on its way to that server, or back from it
  public record Balancing(
      String virtual,
      RealServer server,
      Translation.@Nullable To to,
      @Nullable Selection selection,
      boolean done) {
    /// The same on its way.
    public Balancing sent() {
      return new Balancing(virtual, server, to, selection, true);
    }
  }

  /// What a rule on the way did to a list, a set or a field of the header.
  ///
  /// @param what the list with the address, the set, or the target
  /// @param present whether the address is on the list now; of `TTL` and `HL` whether hops are left
  /// @param by the target that did it; null where a match did
  public record Visit(Object what, boolean present, Action.@Nullable Target by) {
    /// What a match did to a list.
    public Visit(Object what, boolean present) {
      this(what, present, null);
    }
  }

  private record AfterTargets(Match match, List<Action.Target> targets) {}

  /// A set whose entries a rule on the way changed.
  public record ChangedSet(String name) {}
}
