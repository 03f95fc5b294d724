package dev.kproxy.ipvs;

import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Makes virtual servers of every kind, with every option that ipvsadm takes.
final class RandomTables {
  private final Random random;

  RandomTables(long seed) {
    this.random = new Random(seed);
  }

  IpvsTable table() {
    Optional<IpvsTable.Timeouts> timeouts =
        one(2)
            ? Optional.empty()
            : Optional.of(new IpvsTable.Timeouts(seconds(), seconds(), seconds()));
    Map<VirtualAddress, VirtualServer> servers = new LinkedHashMap<>();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      VirtualServer server = virtualServer();
      servers.putIfAbsent(server.address(), server);
    }
    return new IpvsTable(timeouts, List.copyOf(servers.values()));
  }

  private VirtualServer virtualServer() {
    Family family = one(2) ? Family.IPV6 : Family.IPV4;
    boolean persistent = one(2);
    VirtualAddress address =
        one(3)
            ? new VirtualAddress.FirewallMark(1 + random.nextInt(Integer.MAX_VALUE), family)
            : new VirtualAddress.Port(pick(Protocol.values()), ip(family), port(persistent));
    Set<SchedulerFlag> flags =
        one(2) ? Set.of() : one(2) ? Set.of(SchedulerFlag.SECOND) : Set.of(SchedulerFlag.values());
    boolean udp = !(address instanceof VirtualAddress.Port port) || port.protocol() == Protocol.UDP;
    return new VirtualServer(
        address,
        pick("rr", "wrr", "sh", "mh", "a_name-of-15-ch"),
        flags,
        persistent ? Optional.of(persistence(family)) : Optional.empty(),
        one(5) ? "sip" : "",
        udp && one(3),
        servers(address));
  }

  private Persistence persistence(Family family) {
    int seconds = 1 + random.nextInt(Persistence.LIMIT);
    if (family == Family.IPV4 && one(3)) {
      return new Persistence(seconds, new Ip.V4(random.nextInt()));
    }
    return Persistence.ofPrefix(seconds, family, 1 + random.nextInt(family.bits()));
  }

  private List<RealServer> servers(VirtualAddress virtual) {
    Map<List<?>, RealServer> servers = new LinkedHashMap<>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      Forwarding forwarding = forwarding();
      Family family =
          forwarding instanceof Forwarding.Tunnel && one(3)
              ? virtual.family().other()
              : virtual.family();
      int port =
          forwarding != Forwarding.Method.MASQUERADE && virtual instanceof VirtualAddress.Port it
              ? it.port()
              : port(true);
      int upper = one(3) ? 1 + random.nextInt(Integer.MAX_VALUE) : 0;
      RealServer server =
          new RealServer(
              ip(family),
              port,
              forwarding,
              random.nextInt(RealServer.WEIGHT_LIMIT + 1),
              upper,
              upper == 0 ? 0 : random.nextInt(upper));
      servers.putIfAbsent(List.of(server.address(), server.port()), server);
    }
    return new ArrayList<>(servers.values());
  }

  private Forwarding forwarding() {
    return switch (random.nextInt(5)) {
      case 0 -> Forwarding.Method.ROUTE;
      case 1 -> Forwarding.Tunnel.IPIP;
      case 2 ->
          new Forwarding.Tunnel(
              Forwarding.Encapsulation.GUE,
              1 + random.nextInt(65_535),
              pick(Forwarding.Checksum.values()));
      case 3 ->
          new Forwarding.Tunnel(
              Forwarding.Encapsulation.GRE,
              0,
              pick(Forwarding.Checksum.NONE, Forwarding.Checksum.FULL));
      default -> Forwarding.Method.MASQUERADE;
    };
  }

  private int port(boolean mayBeAll) {
    return mayBeAll && one(4) ? 0 : 1 + random.nextInt(65_535);
  }

  private int seconds() {
    return random.nextInt(IpvsTable.Timeouts.LIMIT + 1);
  }

  private Ip ip(Family family) {
    if (family == Family.IPV4) {
      return new Ip.V4(random.nextInt());
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Ip.V6(0, random.nextInt(1 << 20));
      case 1 -> new Ip.V6(0, 0xffff_0000_0000L | random.nextInt(1 << 20));
      case 2 -> new Ip.V6(0xfe80L << 48, random.nextInt(1 << 20));
      default -> new Ip.V6(random.nextLong(), random.nextLong());
    };
  }

  private boolean one(int in) {
    return random.nextInt(in) == 0;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
