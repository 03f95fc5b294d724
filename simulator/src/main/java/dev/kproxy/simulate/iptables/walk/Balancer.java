package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.ipvs.Forwarding;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Selection;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Decision;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Flow.Balancing;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Tracking;
import dev.kproxy.simulate.iptables.match.Knowledge;
import dev.kproxy.simulate.ipvs.Scheduling;
import dev.kproxy.simulate.ipvs.VirtualServers;
import java.util.List;
import java.util.Optional;

/// The hooks of ip_vs (`net/netfilter/ipvs/ip_vs_core.c`, `ip_vs_xmit.c`): requests at INPUT and
/// OUTPUT get a real server and are sent there, replies get back the address of the virtual one.
///
/// A packet that is forwarded to a virtual address which no interface has meets none of them.
final class Balancer {
  /// The interface on which kube-proxy keeps the virtual addresses.
  private static final String DEVICE = "kube-ipvs0";

  private final Walk walk;
  private final Packet packet;
  private final Facts facts;
  private final Knowledge knowledge;
  private final Footsteps footsteps;

  Balancer(Walk walk, Packet packet, Facts facts, Knowledge knowledge, Footsteps footsteps) {
    this.walk = walk;
    this.packet = packet;
    this.facts = facts;
    this.knowledge = knowledge;
    this.footsteps = footsteps;
  }

  /// A packet at a hook of ip_vs.
  ///
  /// @return whether the branch goes on
  boolean enter(Branch branch) {
    Flow flow = branch.flow;
    if (flow.isBalanced() || !(flow.header().transport() instanceof Transport.Ports)) {
      return walk.proceed(branch);
    }
    Packet.Connection known = packet.connection().orElse(null);
    if (known != null && known.balanced() && known.dnat().isPresent()) {
      return known(branch, known, known.dnat().get());
    }
    return branch.stage == Stage.FORWARD_IPVS ? walk.proceed(branch) : request(branch);
  }

  /// A packet of a connection whose real server is told.
  private boolean known(Branch branch, Packet.Connection connection, Translation.To server) {
    Header original = connection.original();
    Flow flow = branch.flow;
    RealServer real = RealServer.masqueraded(server.ip(), server.port(), 0);
    String virtual = "connection of " + original.destination();
    Balancing balancing = new Balancing(virtual, real, server, null, false);
    if (connection.reply()) {
      Header back = flow.header().withSource(original.destination(), original.destinationPort());
      branch.flow = flow.with(back).balanced(balancing.sent());
      footsteps.note(branch, "IPVS reply from " + original.destination());
    } else if (branch.stage != Stage.FORWARD_IPVS) {
      branch.flow = flow.balanced(balancing);
    }
    return walk.proceed(branch);
  }

  private boolean request(Branch branch) {
    Flow flow = branch.flow;
    Header header = flow.header();
    if (!facts.virtualServers().areGiven()) {
      return facts.addresses().kind(header.destination(), DEVICE).equals(Optional.of(Kind.LOCAL))
          ? walk.undetermined(
              branch, new Why(Missing.VIRTUAL_SERVERS, "the virtual servers of IPVS are not given"))
          : walk.proceed(branch);
    }
    if (facts.virtualServers().askMarks() && flow.mark().unknown() != 0) {
      return walk.undetermined(
          branch, new Why(Missing.RUNNING_HOST, "the mark that IPVS asks for is not known"));
    }
    Optional<VirtualServer> found = facts.virtualServers().find(header, flow.mark().bits());
    if (found.isEmpty() || isForeignData(found.get(), header)) {
      return walk.proceed(branch);
    }
    return isStray(header) ? requestOfStray(branch, found.get()) : schedule(branch, found.get());
  }

  /// What tracking takes for no packet of a connection begins none of ip_vs either, but of UDP.
  private boolean isStray(Header header) {
    return packet.state() == Packet.State.INVALID
        && header.transport() instanceof Transport.Ports(Protocol protocol, _, _)
        && protocol != Protocol.UDP;
  }

  private boolean requestOfStray(Branch branch, VirtualServer virtual) {
    Object key = new HasConnection(virtual.address());
    Boolean answer = knowledge.answer(key);
    if (answer == null) {
      return walk.ask(
          branch,
          new Why(Missing.RUNNING_HOST, "whether IPVS knows the connection is not given"),
          key);
    }
    return answer ? schedule(branch, virtual) : walk.proceed(branch);
  }

  /// The question whether ip_vs has a connection that tracking does not know.
  private record HasConnection(VirtualAddress address) {}

  /// What may be data of FTP, but is not scheduled as such (`ip_vs_leave`).
  private static boolean isForeignData(VirtualServer virtual, Header header) {
    return virtual.address() instanceof VirtualAddress.Port(Protocol protocol, Ip _, int port)
        && protocol == Protocol.TCP
        && port == VirtualServers.FTP
        && header.destinationPort() != port
        && virtual.persistence().isEmpty();
  }

  private boolean schedule(Branch branch, VirtualServer virtual) {
    Optional<List<Scheduling.Choice>> choices = Scheduling.choices(virtual);
    if (choices.isEmpty()) {
      return walk.undetermined(
          branch,
          new Why(
              Missing.NOTHING,
              "what the scheduler " + virtual.scheduler() + " chooses is not known"));
    }
    Selection selection = Selection.of(virtual);
    if (choices.get().size() == 1) {
      return choose(branch, virtual, selection, choices.get().getFirst());
    }
    for (Scheduling.Choice choice : choices.get()) {
      Branch chosen = walk.another(branch);
      if (choose(chosen, virtual, selection, choice)) {
        walk.later(chosen);
      }
    }
    return false;
  }

  private boolean choose(
      Branch branch, VirtualServer virtual, Selection selection, Scheduling.Choice choice) {
    branch.portion = branch.portion.drawn(choice.probability(), choice.share());
    String name = name(virtual);
    if (choice.server().isEmpty()) {
      footsteps.note(branch, "IPVS " + name + ": no server takes the connection");
      String with = Action.Reject.byDefault(branch.flow.header().family());
      return walk.end(branch, new Verdict.Reject(with), Delivery.NONE);
    }
    RealServer real = choice.server().get();
    int port = port(virtual, real, branch.flow.header().destinationPort());
    Translation.To to =
        real.forwarding() == Forwarding.Method.MASQUERADE
            ? new Translation.To(real.address(), port)
            : null;
    branch.flow = branch.flow.balanced(new Balancing(name, real, to, selection, false));
    return walk.proceed(branch);
  }

  /// As ipvsadm lists it.
  private static String name(VirtualServer virtual) {
    String name = virtual.address() + " " + virtual.scheduler();
    return virtual.persistence().map(it -> name + " persistent " + it.seconds()).orElse(name);
  }

  /// The port of a real server is that of the packet where the server has none, or where a
  /// persistent virtual server is for several ports (`ip_vs_sched_persist`).
  private static int port(VirtualServer virtual, RealServer real, int port) {
    int own = virtual.address() instanceof VirtualAddress.Port address ? address.port() : 0;
    boolean keeps = virtual.persistence().isPresent() && own != port;
    return keeps || real.port() == 0 ? port : real.port();
  }

  /// Sends a packet to its real server: on to a socket of this host, or out of it, by way of the
  /// hook OUTPUT.
  boolean send(Branch branch) {
    Balancing balancing = branch.flow.balancing();
    if (balancing == null || balancing.done()) {
      return walk.proceed(branch);
    }
    Ip server = balancing.server().address();
    if (balancing.server().forwarding() instanceof Forwarding.Tunnel
        && !facts.addresses().kind(server).equals(Optional.of(Kind.LOCAL))) {
      return walk.undetermined(
          branch,
          new Why(
              Missing.NOTHING,
              "what becomes of a packet in a tunnel to " + server + " is not traced"));
    }
    Header towards = branch.flow.header().withDestination(server, -1);
    Decision way = facts.routing().balanced(towards, packet.out().orElse(null));
    switch (way) {
      case Decision.Local _, Decision.Out _, Decision.Unknown _ -> {}
      case Decision.Dropped _, Decision.Refused _ -> footsteps.note(branch, text(balancing));
    }
    return walk.route(branch, way);
  }

  private static String text(Balancing balancing) {
    Translation.To to = balancing.to();
    String name = "IPVS " + balancing.virtual();
    return to == null
        ? name + " by " + balancing.server().address() + ", untranslated"
        : name + " to " + to;
  }

  /// A packet whose way to its real server is known.
  void sent(Branch branch, Balancing balancing, Decision way) {
    Flow flow = branch.flow;
    Translation.To to = balancing.to();
    Flow sent = flow.balanced(balancing.sent());
    if (to != null) {
      sent = sent.with(flow.header().withDestination(to.ip(), to.port()));
    }
    Tracking tracking = flow.tracking();
    if (tracking != null && !facts.routing().tracksBalanced()) {
      sent = sent.with(Tracking.exempt(sent.header()));
    } else if (tracking != null && to != null) {
      sent = sent.with(tracking.servedBy(to));
    }
    branch.flow = sent;
    footsteps.note(branch, text(balancing));
    if (way instanceof Decision.Out(String device, Ip gateway)) {
      branch.flow = sent.comingBy("").leavingBy(device, device, gateway);
    }
  }
}
