package dev.kproxy.cli.trace;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Where one packet goes from and to, as a user says it: addresses, or names of the cluster.
public final class Ends {
  private final List<Ip> own;
  private final Predicate<Ip> isOwn;
  private final Function<Ip, Optional<Ip>> routed;
  private final List<Plan> plans;
  private final List<EndpointSlice> slices;

  /// The ends that packets can have on a host.
  ///
  /// @param own the host's addresses, the one that it is known by first
  /// @param isOwn whether an address is the host's own
  /// @param routed the address that the routes let the host send from to another one, where they
  ///   are known
  /// @param plans of the manifests; empty where there are none
  /// @param slices of the manifests, which know the Pods behind the Services
  public Ends(
      List<Ip> own,
      Predicate<Ip> isOwn,
      Function<Ip, Optional<Ip>> routed,
      List<Plan> plans,
      List<EndpointSlice> slices) {
    this.routed = routed;
    this.own = List.copyOf(own);
    this.isOwn = isOwn;
    this.plans = List.copyOf(plans);
    this.slices = List.copyOf(slices);
  }

  /// What a user said of a packet.
  ///
  /// @param from `IP[:PORT]`, `pod/NAMESPACE/NAME` or `node`
  /// @param to `IP[:PORT]`, `svc/NAMESPACE/NAME[:PORT]` or `node:PORT`
  /// @param protocol empty: that of the Service port, else TCP
  public record Given(
      String from,
      String to,
      Optional<String> protocol,
      Optional<String> in,
      Optional<String> state,
      Optional<String> icmpType) {}

  /// One end: addresses to choose from, the port that stands there (-1: none), and the protocol of
  /// the Service port that it names.
  private record End(List<Ip> ips, int port, Optional<Protocol> protocol) {}

  /// The packet.
  public Packet packet(Given given) throws BadPacket {
    boolean icmp = given.protocol().filter("icmp"::equalsIgnoreCase).isPresent();
    Optional<Protocol> asked =
        given.protocol().isPresent()
            ? PacketParts.protocol(given.protocol().get())
            : Optional.empty();
    End source = source(given.from());
    End destination = destination(given.to(), asked, icmp);
    Protocol protocol = asked.or(destination::protocol).orElse(Protocol.TCP);
    Ip to = choose(destination, source);
    Ip from = given.from().equals("node") ? sourceOfNode(to) : chooseSource(source, to);
    Transport transport =
        icmp
            ? icmp(given, source, destination, to.family())
            : new Transport.Ports(
                protocol,
                source.port() < 0 ? PacketParts.SOURCE_PORT : source.port(),
                port(destination, given.to()));
    if (!icmp && given.icmpType().isPresent()) {
      throw new BadPacket("--icmp-type is for --protocol icmp");
    }
    Packet packet = Packet.of(PacketParts.header(from, to, transport));
    if (given.from().equals("node") || isOwn.test(from)) {
      packet = packet.local();
    } else if (given.in().isPresent()) {
      packet = packet.from(PacketParts.device(given.in().get()));
    }
    return given.state().isPresent() ? packet.in(PacketParts.state(given.state().get())) : packet;
  }

  private static Transport icmp(Given given, End source, End destination, Family family)
      throws BadPacket {
    if (source.port() >= 0 || destination.port() >= 0) {
      String end = source.port() >= 0 ? given.from() : given.to();
      throw new BadPacket("ICMP has no ports: " + Printable.quote(end));
    }
    return given.icmpType().isPresent()
        ? PacketParts.icmp(given.icmpType().get(), family)
        : PacketParts.echoRequest(family);
  }

  private static int port(End destination, String to) throws BadPacket {
    if (destination.port() < 0) {
      throw new BadPacket("a port is missing: " + Printable.quote(to));
    }
    return destination.port();
  }

  private End source(String text) throws BadPacket {
    if (text.equals("node")) {
      return new End(known(), -1, Optional.empty());
    }
    return text.startsWith("pod/")
        ? pod(text)
        : address(text, "--from", "IP[:PORT], pod/NAMESPACE/NAME or node");
  }

  private End pod(String text) throws BadPacket {
    String pod = text.substring("pod/".length());
    List<Ip> ips =
        slices.stream()
            .flatMap(slice -> slice.endpoints().stream())
            .filter(endpoint -> endpoint.pod().equals(pod) && !pod.isEmpty())
            .map(Endpoint::ip)
            .distinct()
            .toList();
    if (ips.isEmpty()) {
      throw new BadPacket("no Pod of that name is behind a Service: " + Printable.quote(text));
    }
    return new End(ips, -1, Optional.empty());
  }

  private End destination(String text, Optional<Protocol> asked, boolean icmp) throws BadPacket {
    if (text.startsWith("node:")) {
      int port = PacketParts.port(text.substring("node:".length()));
      return new End(known(), port, Optional.empty());
    }
    if (text.equals("node")) {
      return new End(known(), -1, Optional.empty());
    }
    return text.startsWith("svc/")
        ? service(text, asked, icmp)
        : address(text, "--to", "IP[:PORT], svc/NAMESPACE/NAME[:PORT] or node:PORT");
  }

  private List<Ip> known() throws BadPacket {
    if (own.isEmpty()) {
      throw new BadPacket("the addresses of the node are not given: --node-ip, or --addresses");
    }
    return own;
  }

  /// @param forms what the option takes
  private static End address(String text, String option, String forms) throws BadPacket {
    Target target =
        Target.parse(text)
            .or(() -> Target.bracketed(text))
            .orElseThrow(
                () ->
                    new BadPacket(
                        option
                            + ": "
                            + forms
                            + ", not "
                            + Printable.quote(text)
                            + "; no other names are looked up"));
    return new End(List.of(target.ip()), target.port().orElse(-1), Optional.empty());
  }

  private End service(String text, Optional<Protocol> asked, boolean icmp) throws BadPacket {
    String[] words = text.split("/", -1);
    int colon = words.length == 3 ? words[2].indexOf(':') : -1;
    String port = colon < 0 ? "" : words[2].substring(colon + 1);
    List<Frontend> found = new ArrayList<>();
    boolean known = false;
    for (Plan plan : plans) {
      for (ServicePlan service : plan.services()) {
        Frontend frontend = service.frontend();
        boolean same =
            words.length == 3
                && frontend.name().namespace().equals(words[1])
                && frontend
                    .name()
                    .service()
                    .equals(colon < 0 ? words[2] : words[2].substring(0, colon));
        known |= same;
        if (same && isAsked(frontend, port, asked)) {
          found.add(frontend);
        }
      }
    }
    if (!known) {
      throw new BadPacket("no such Service with a cluster IP: " + Printable.quote(text));
    }
    List<String> ports =
        found.stream().map(it -> it.port() + "/" + it.name().protocol()).distinct().toList();
    if (ports.isEmpty()) {
      throw new BadPacket("no such port of the Service: " + Printable.quote(text));
    }
    List<Ip> ips = found.stream().map(Frontend::clusterIp).distinct().toList();
    if (icmp && port.isEmpty()) {
      return new End(ips, -1, Optional.empty());
    }
    if (ports.size() > 1) {
      throw new BadPacket(
          "which port? " + Printable.quote(text) + " has " + String.join(", ", ports));
    }
    return new End(ips, found.getFirst().port(), Optional.of(found.getFirst().name().protocol()));
  }

  private static boolean isAsked(Frontend frontend, String port, Optional<Protocol> asked) {
    boolean named =
        port.isEmpty()
            || port.equals(frontend.name().port())
            || port.equals(Integer.toString(frontend.port()));
    return named && (asked.isEmpty() || asked.get() == frontend.name().protocol());
  }

  /// The first address that the other end has an address of the same family for.
  private static Ip choose(End end, End other) {
    for (Ip ip : end.ips()) {
      if (other.ips().stream().anyMatch(it -> it.family() == ip.family())) {
        return ip;
      }
    }
    return end.ips().getFirst();
  }

  private static Ip chooseSource(End source, Ip to) {
    return source.ips().stream()
        .filter(ip -> ip.family() == to.family())
        .findFirst()
        .orElse(source.ips().getFirst());
  }

  /// The address that the route asks for, where it was told as one of the host's, because rules may
  /// ask that, too. Else a host talks to itself from the address that it talks to, and to others
  /// from the one that it is known by.
  private Ip sourceOfNode(Ip to) throws BadPacket {
    Optional<Ip> asked = routed.apply(to).filter(isOwn);
    if (asked.isPresent() || isOwn.test(to)) {
      return asked.orElse(to);
    }
    Ip known =
        known().stream()
            .filter(ip -> ip.family() == to.family())
            .findFirst()
            .orElse(known().getFirst());
    return known;
  }
}
