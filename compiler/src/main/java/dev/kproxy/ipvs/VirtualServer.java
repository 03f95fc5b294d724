package dev.kproxy.ipvs;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// An address whose connections are given to real servers.
///
/// @param scheduler who chooses: the name of a kernel module less its `ip_vs_`, as `rr`
/// @param persistence empty where each connection is scheduled by itself
/// @param engine what tells clients apart where not their addresses do, as `sip`; empty for none
/// @param onePacket whether each packet is scheduled by itself (`-o`)
/// @param servers in the order in which they are written; no two have the same address and port
public record VirtualServer(
    VirtualAddress address,
    String scheduler,
    Set<SchedulerFlag> flags,
    Optional<Persistence> persistence,
    String engine,
    boolean onePacket,
    List<RealServer> servers) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,15}");

  /// @throws IllegalArgumentException where the scheduler or the engine can have no such name
  public VirtualServer {
    if (!isName(scheduler) || !(engine.isEmpty() || isName(engine))) {
      throw new IllegalArgumentException(scheduler + " " + engine);
    }
    EnumSet<SchedulerFlag> ordered = EnumSet.noneOf(SchedulerFlag.class);
    ordered.addAll(flags);
    flags = Collections.unmodifiableSet(ordered);
    servers = List.copyOf(servers);
  }

  /// A server as kube-proxy makes it, without real servers.
  public static VirtualServer of(VirtualAddress address, String scheduler) {
    return new VirtualServer(address, scheduler, Set.of(), Optional.empty(), "", false, List.of());
  }

  /// The same with these real servers.
  public VirtualServer withServers(List<RealServer> servers) {
    return new VirtualServer(address, scheduler, flags, persistence, engine, onePacket, servers);
  }

  /// Whether a scheduler or an engine can be called so. Whether the kernel has one, is another
  /// matter.
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /// That a client keeps its real server.
  ///
  /// @param seconds for how long after its last connection
  /// @param netmask the bits of its address by which a client is known; for IPv6 these are its
  ///   first
  public record Persistence(int seconds, Ip netmask) {
    /// The longest that ipvsadm takes, 31 days.
    public static final int LIMIT = 31 * 86_400;

    /// What ipvsadm makes of `-p` without a number.
    public static final int DEFAULT = 360;

    /// @throws IllegalArgumentException where ipvsadm would not take the time, or the mask of an
    ///   IPv6 client has a gap or is empty
    public Persistence {
      boolean fits =
          netmask.family() == Family.IPV4
              || (length(netmask) > 0 && mask(Family.IPV6, length(netmask)).equals(netmask));
      if (seconds < 1 || seconds > LIMIT || !fits) {
        throw new IllegalArgumentException(seconds + " " + netmask);
      }
    }

    /// Each address is a client of its own.
    public static Persistence of(int seconds, Family family) {
      return new Persistence(seconds, mask(family, family.bits()));
    }

    /// Clients are known by as many of the first bits of their addresses.
    public static Persistence ofPrefix(int seconds, Family family, int length) {
      return new Persistence(seconds, mask(family, length));
    }

    /// How many of the first bits of an address count.
    public int length() {
      return length(netmask);
    }

    private static Ip mask(Family family, int length) {
      Ip all = family == Family.IPV4 ? new Ip.V4(-1) : new Ip.V6(-1, -1);
      return Cidr.of(all, length).network();
    }

    private static int length(Ip mask) {
      if (mask instanceof Ip.V6(long high, long low)) {
        return high == -1 ? 64 + Long.numberOfLeadingZeros(~low) : Long.numberOfLeadingZeros(~high);
      }
      return Integer.numberOfLeadingZeros(~((Ip.V4) mask).bits());
    }
  }
}
