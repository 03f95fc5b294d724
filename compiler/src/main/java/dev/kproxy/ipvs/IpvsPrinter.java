package dev.kproxy.ipvs;

import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes virtual servers as `ipvsadm -Sn` does, which is what `ipvsadm --restore` takes: neither
/// comments nor empty lines.
public final class IpvsPrinter {
  private final StringBuilder out;

  private IpvsPrinter(StringBuilder out) {
    this.out = out;
  }

  /// Writes the table to `stream`, as UTF-8; it is neither flushed nor closed.
  public static void print(IpvsTable table, OutputStream stream) throws IOException {
    StringBuilder out = new StringBuilder();
    IpvsPrinter printer = new IpvsPrinter(out);
    table.timeouts().ifPresent(printer::timeouts);
    for (VirtualServer server : table.servers()) {
      printer.virtualServer(server);
      stream.write(out.toString().getBytes(StandardCharsets.UTF_8));
      out.setLength(0);
    }
    stream.write(out.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// The text of the table: its time-outs, then each virtual server before its real ones.
  public static String print(IpvsTable table) {
    StringBuilder out = new StringBuilder();
    IpvsPrinter printer = new IpvsPrinter(out);
    table.timeouts().ifPresent(printer::timeouts);
    table.servers().forEach(printer::virtualServer);
    return out.toString();
  }

  /// The line that adds the virtual server, without its end.
  public static String line(VirtualServer server) {
    StringBuilder out = new StringBuilder();
    new IpvsPrinter(out).add(server);
    return out.toString();
  }

  /// The line that adds the real server to that virtual one, without its end.
  public static String line(VirtualAddress address, RealServer server) {
    StringBuilder out = new StringBuilder();
    new IpvsPrinter(out).add(address, server);
    return out.toString();
  }

  /// The option that names a virtual server: `-t 10.96.0.1:443`.
  public static String option(VirtualAddress address) {
    StringBuilder out = new StringBuilder();
    new IpvsPrinter(out).address(address);
    return out.toString();
  }

  private void timeouts(IpvsTable.Timeouts timeouts) {
    out.append("--set ")
        .append(timeouts.tcp())
        .append(' ')
        .append(timeouts.tcpFin())
        .append(' ')
        .append(timeouts.udp())
        .append('\n');
  }

  private void virtualServer(VirtualServer server) {
    add(server);
    out.append('\n');
    for (RealServer real : server.servers()) {
      add(server.address(), real);
      out.append('\n');
    }
  }

  private void add(VirtualServer server) {
    out.append("-A ");
    address(server.address());
    out.append(" -s ").append(server.scheduler());
    server.persistence().ifPresent(this::persistence);
    if (!server.engine().isEmpty()) {
      out.append(" --pe ").append(server.engine());
    }
    if (server.onePacket()) {
      out.append(" -o");
    }
    if (!server.flags().isEmpty()) {
      out.append(
          server.flags().stream()
              .map(flag -> flag.text(server.scheduler()))
              .collect(Collectors.joining(",", " -b ", "")));
    }
  }

  private void address(VirtualAddress address) {
    if (address instanceof VirtualAddress.Port port) {
      out.append(
          switch (port.protocol()) {
            case TCP -> "-t ";
            case UDP -> "-u ";
            case SCTP -> "--sctp-service ";
          });
      socket(port.address(), port.port());
    } else {
      VirtualAddress.FirewallMark mark = (VirtualAddress.FirewallMark) address;
      out.append("-f ")
          .append(Integer.toUnsignedString(mark.mark()))
          .append(mark.family() == Family.IPV6 ? " -6" : "");
    }
  }

  private void socket(Ip address, int port) {
    boolean brackets = address.family() == Family.IPV6;
    out.append(brackets ? "[" : "")
        .append(address.presentation())
        .append(brackets ? "]:" : ":")
        .append(port);
  }

  private void persistence(Persistence persistence) {
    out.append(" -p ").append(persistence.seconds());
    Ip netmask = persistence.netmask();
    if (persistence.length() < netmask.family().bits()) {
      out.append(" -M ");
      if (netmask instanceof Ip.V4) {
        out.append(netmask);
      } else {
        out.append(persistence.length());
      }
    }
  }

  private void add(VirtualAddress virtual, RealServer server) {
    out.append("-a ");
    address(virtual);
    out.append(" -r ");
    socket(server.address(), server.port());
    Forwarding forwarding = server.forwarding();
    boolean direct = forwarding instanceof Forwarding.Method;
    out.append(!direct ? " -i" : forwarding == Forwarding.Method.MASQUERADE ? " -m" : " -g");
    out.append(" -w ").append(server.weight());
    if (forwarding instanceof Forwarding.Tunnel tunnel) {
      tunnel(tunnel);
    }
    if (server.upperThreshold() > 0) {
      out.append(" -x ").append(server.upperThreshold());
      out.append(" -y ").append(server.lowerThreshold());
    }
  }

  private void tunnel(Forwarding.Tunnel tunnel) {
    out.append(" --tun-type ").append(tunnel.encapsulation().name().toLowerCase(Locale.ROOT));
    if (tunnel.port() > 0) {
      out.append(" --tun-port ").append(tunnel.port());
    }
    if (tunnel.encapsulation() != Forwarding.Encapsulation.IPIP) {
      out.append(
          switch (tunnel.checksum()) {
            case NONE -> " --tun-nocsum";
            case FULL -> " --tun-csum";
            case REMOTE -> " --tun-remcsum";
          });
    }
  }
}
