package dev.kproxy.simulate.ipvs;

import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Transport;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The virtual servers of a host (`ip_vs_service_find` in `net/netfilter/ipvs/ip_vs_ctl.c`).
public final class VirtualServers {
  /// The port of FTP; its data has others, of which one virtual server takes all.
  public static final int FTP = 21;

  /// The port of FTP's data in active mode.
  public static final int FTP_DATA = 20;

  /// The first of the ports that FTP's data may have in passive mode.
  public static final int FIRST_UNPRIVILEGED = 1024;

  private final boolean given;
  private final Map<VirtualAddress, VirtualServer> servers = new HashMap<>();
  private final boolean marks;

  /// @param table empty where nobody told
  public VirtualServers(Optional<IpvsTable> table) {
    given = table.isPresent();
    table.ifPresent(it -> it.servers().forEach(server -> servers.put(server.address(), server)));
    marks = servers.keySet().stream().anyMatch(VirtualAddress.FirewallMark.class::isInstance);
  }

  /// Whether somebody told them.
  public boolean areGiven() {
    return given;
  }

  /// Whether the mark of a packet may decide.
  public boolean askMarks() {
    return marks;
  }

  /// The virtual server that a packet is for: the one of its mark, of its port, of FTP where it may
  /// be data of that, then the one of all ports. Without ports there is none.
  public Optional<VirtualServer> find(Header header, int mark) {
    if (!(header.transport() instanceof Transport.Ports(Protocol protocol, _, int port))) {
      return Optional.empty();
    }
    VirtualServer found =
        mark == 0 ? null : servers.get(new VirtualAddress.FirewallMark(mark, header.family()));
    Ip ip = header.destination();
    boolean data = protocol == Protocol.TCP && (port == FTP_DATA || port >= FIRST_UNPRIVILEGED);
    found = found == null ? at(protocol, ip, port) : found;
    found = found == null && data ? at(protocol, ip, FTP) : found;
    return Optional.ofNullable(found == null ? at(protocol, ip, 0) : found);
  }

  private @Nullable VirtualServer at(Protocol protocol, Ip ip, int port) {
    return servers.get(new VirtualAddress.Port(protocol, ip, port));
  }
}
