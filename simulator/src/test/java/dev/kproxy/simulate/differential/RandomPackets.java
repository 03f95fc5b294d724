package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.util.List;
import java.util.Random;

/// Random first packets of connections, and packets of none.
final class RandomPackets {
  /// No rule asks for one of these source ports alone.
  static final int SOURCE_PORT = 40000;

  private final Random random;
  private final Pool pool;

  RandomPackets(Random random, Family family) {
    this.random = random;
    this.pool = Pool.of(family);
  }

  Packet next() {
    boolean local = random.nextInt(4) == 0;
    String destination = pool.address(random);
    // the first is that of the default route, by which raw sockets send to many
    boolean isFirst = pool.special().contains(destination);
    String own = isFirst ? pool.own().get(0) : Pool.pick(random, pool.own());
    Header header = new Header(Ip.of(local ? own : source()), Ip.of(destination), transport());
    Packet packet = Packet.of(header);
    if (packet.header().transport() instanceof Transport.Ports(Protocol protocol, _, _)
        && protocol == Protocol.TCP
        && random.nextInt(10) == 0) {
      packet = packet.in(Packet.State.INVALID);
    }
    return local ? packet.local() : packet.from(random.nextBoolean() ? "eth0" : "cni0");
  }

  /// Seldom an address that nobody can have outside of this host.
  private String source() {
    return random.nextInt(12) == 0
        ? pool.address(random)
        : Pool.pick(random, random.nextBoolean() ? pool.pods() : pool.others());
  }

  private Transport transport() {
    int choice = random.nextInt(10);
    int port = random.nextInt(6) == 0 ? 54 : Pool.pick(random, Pool.PORTS);
    if (choice < 8) {
      Protocol protocol = choice < 4 ? Protocol.TCP : Protocol.UDP;
      return new Transport.Ports(protocol, SOURCE_PORT, port);
    }
    return pool.family() == Family.IPV4
        ? new Transport.Icmp(Pool.pick(random, List.of(8, 8, 13, 0)), 0)
        : new Transport.Icmp6(Pool.pick(random, List.of(128, 128, 129)), 0);
  }
}
