package dev.kproxy.host.ipvs;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iproute.AddressBatchPrinter;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.net.Cidr;
import java.util.List;

/// Writes a change as text for the tools, each step as one text.
///
/// Sets grow in the reverse order of their names and shrink in that order: so who is let in
/// (`KUBE-LOAD-BALANCER-SOURCE-CIDR`) is known before others are kept out
/// (`KUBE-LOAD-BALANCER-FW`).
final class BalancerText {
  /// A set that is being filled, to be exchanged for one that has other options.
  static final String FILLING = "KPROXY-NEW";

  private final StringBuilder out = new StringBuilder();

  private BalancerText() {}

  /// For `ipset restore`: sets and entries that come.
  static String setsGrown(BalancerChange change) {
    BalancerText text = new BalancerText();
    for (SetChange set : change.sets().reversed()) {
      switch (set.kind()) {
        case ADDED -> text.create(set.set());
        case REPLACED -> text.replace(set.set());
        case CHANGED -> set.added().forEach(entry -> text.entry("add ", set.set(), entry));
        case REMOVED -> {}
      }
    }
    return text.out.toString();
  }

  private void create(IpSet set) {
    out.append(IpsetPrinter.print(List.of(set)));
  }

  private void replace(IpSet set) {
    create(new IpSet(FILLING, set.type(), set.options(), set.entries()));
    line("swap " + FILLING + " " + set.name());
    line("destroy " + FILLING);
  }

  private void entry(String verb, IpSet set, Entry entry) {
    line(verb + set.name() + " " + IpsetPrinter.print(entry, set));
  }

  /// For `ipset restore`: entries that go, of sets that stay.
  static String setsShrunk(BalancerChange change) {
    BalancerText text = new BalancerText();
    for (SetChange set : change.sets()) {
      if (set.kind() == SetChange.Kind.CHANGED) {
        set.removed().forEach(entry -> text.entry("del ", set.set(), entry));
      }
    }
    return text.out.toString();
  }

  /// For `ipvsadm --restore`: servers that come or get other properties.
  static String serversGrown(BalancerChange change) {
    BalancerText text = new BalancerText();
    for (ServerChange server : change.servers()) {
      switch (server.kind()) {
        case ADDED -> text.line(IpvsPrinter.line(server.server()));
        case CHANGED -> text.line(edit(IpvsPrinter.line(server.server()), "-E"));
        case KEPT, REMOVED -> {}
      }
      VirtualAddress address = server.address();
      server.added().forEach(it -> text.line(IpvsPrinter.line(address, it)));
      server.changed().forEach(it -> text.line(edit(IpvsPrinter.line(address, it), "-e")));
    }
    return text.out.toString();
  }

  /// For `ipvsadm --restore`: real servers that go take no new connections.
  static String serversQuiet(BalancerChange change) {
    BalancerText text = new BalancerText();
    for (ServerChange server : change.servers()) {
      for (RealServer real : server.removed()) {
        if (real.weight() > 0) {
          text.line(edit(IpvsPrinter.line(server.address(), quiet(real)), "-e"));
        }
      }
    }
    return text.out.toString();
  }

  private static RealServer quiet(RealServer real) {
    return new RealServer(
        real.address(),
        real.port(),
        real.forwarding(),
        0,
        real.upperThreshold(),
        real.lowerThreshold());
  }

  /// For `ipvsadm --restore`: servers that go.
  static String serversShrunk(BalancerChange change) {
    BalancerText text = new BalancerText();
    for (ServerChange server : change.servers()) {
      String address = IpvsPrinter.option(server.address());
      if (server.kind() == ServerChange.Kind.REMOVED) {
        text.line("-D " + address);
      } else {
        for (RealServer real : server.removed()) {
          text.line("-d " + address + " -r " + real.socket());
        }
      }
    }
    return text.out.toString();
  }

  private static String edit(String line, String command) {
    return command + line.substring(command.length());
  }

  /// For `ip -batch`: the interface and the addresses that it gets.
  static String bound(BalancerChange change) {
    BalancerText text = new BalancerText();
    if (change.interfaceAdded()) {
      text.line(AddressBatchPrinter.add(KubeProxyNames.INTERFACE));
    }
    change.bound().forEach(ip -> text.line(AddressBatchPrinter.bind(ip, KubeProxyNames.INTERFACE)));
    return text.out.toString();
  }

  /// For `ip -batch`: the addresses that the interface loses, or its end.
  static String unbound(BalancerChange change) {
    BalancerText text = new BalancerText();
    if (change.interfaceRemoved()) {
      text.line("link del " + KubeProxyNames.INTERFACE);
    } else {
      change
          .unbound()
          .forEach(
              ip -> text.line("addr del " + Cidr.host(ip) + " dev " + KubeProxyNames.INTERFACE));
    }
    return text.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
