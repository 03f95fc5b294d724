package dev.kproxy.host.ipvs;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.HostFault.Kind;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads and changes what IPVS mode has on a host.
///
/// `ipvsadm --restore` ends with status 0 whatever the kernel says to its lines, and `ipset
/// restore` and `ip -batch` leave what came before a fault: after each step what it should have
/// done is read back.
public final class Balancing {
  /// The tools that it needs.
  public static final List<String> TOOLS = List.of("ipset", "ipvsadm", "ip");

  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(500);

  /// How often a set is tried to be destroyed: after the last rule that asked it is gone, the
  /// kernel holds it for a moment.
  private static final int ATTEMPTS = 20;

  private final Host host;

  /// Of a host.
  public Balancing(Host host) {
    this.host = host;
  }

  /// All that the host has: kube-proxy's sets, virtual servers of everybody, and the interface.
  public Balancer read() throws HostFault {
    List<Interface> interfaces = interfaces();
    return Balancer.of(
        sets(),
        servers(),
        interfaces.stream()
            .filter(device -> device.name().equals(KubeProxyNames.INTERFACE))
            .findFirst()
            .map(Balancing::bound));
  }

  /// The addresses of an interface, without those that the kernel gives it as soon as it is up:
  /// they are a network of the link, and nobody bound them.
  private static Set<Ip> bound(Interface device) {
    return device.addresses().stream()
        .filter(it -> !it.scope().equals("link") || it.prefix() == it.ip().family().bits())
        .map(Interface.Address::ip)
        .collect(Collectors.toSet());
  }

  /// The host's own addresses, but those of [KubeProxyNames#INTERFACE].
  public Set<Ip> local() throws HostFault {
    return interfaces().stream()
        .filter(device -> !device.name().equals(KubeProxyNames.INTERFACE))
        .flatMap(device -> device.addresses().stream())
        .map(Interface.Address::ip)
        .collect(Collectors.toSet());
  }

  private List<IpSet> sets() throws HostFault {
    // Sets of others may be huge, and of types that are not known here.
    ToolCall save = ToolCall.reading("ipset", "save").within(LIMIT).keeping(Balancing::isOfOurs);
    List<Diagnostic> faults = new ArrayList<>();
    List<IpSet> sets = IpsetParser.parse(host.require(save).output(), "ipset save", faults::add);
    return known(sets, faults);
  }

  private static boolean isOfOurs(String line) {
    String[] words = line.split(" ", 3);
    return words.length > 1 && KubeProxyNames.isSet(words[1]);
  }

  private List<VirtualServer> servers() throws HostFault {
    List<Diagnostic> faults = new ArrayList<>();
    IpvsTable table = IpvsParser.parse(print("ipvsadm", "-S", "-n"), "ipvsadm -S -n", faults::add);
    return known(table.servers(), faults);
  }

  private List<Interface> interfaces() throws HostFault {
    List<Diagnostic> faults = new ArrayList<>();
    List<Interface> interfaces =
        InterfacesParser.parse(print("ip", "-j", "addr"), "ip -j addr", faults::add);
    return known(interfaces, faults);
  }

  private String print(String tool, String... arguments) throws HostFault {
    return host.require(ToolCall.reading(tool, arguments).within(LIMIT)).output();
  }

  private static <T> List<T> known(List<T> read, List<Diagnostic> faults) throws HostFault {
    if (!faults.isEmpty()) {
      throw new HostFault(Kind.TOOL, faults.getFirst().toString());
    }
    return read;
  }

  /// Makes sets without entries, for a rehearsal of the rules that ask them.
  public void makeEmpty(Collection<IpSet> sets) throws HostFault {
    List<IpSet> empty =
        sets.stream()
            .map(set -> new IpSet(set.name(), set.type(), set.options(), List.of()))
            .toList();
    restore(IpsetPrinter.print(empty));
  }

  /// Makes the sets and entries that come.
  public void growSets(BalancerChange change) throws HostFault {
    if (change.growsSets()) {
      host.run(ToolCall.writing("ipset", "destroy", BalancerText.FILLING));
      restore(BalancerText.setsGrown(change));
    }
  }

  /// Makes the servers that come, then the addresses that lead to them, and reads back.
  ///
  /// @param wanted what shall be there in the end
  /// @throws HostFault where not all of it is there
  public void growServers(BalancerChange change, Balancer wanted, Balancer owned) throws HostFault {
    String words = "";
    if (change.growsServers()) {
      words = change(BalancerText.serversGrown(change));
      batch(BalancerText.bound(change));
    }
    if (change.growsServers() || change.growsSets()) {
      BalancerChange left = BalancerChange.between(read(), wanted, owned).growth();
      if (!left.isEmpty()) {
        throw unlike(left, words);
      }
    }
  }

  /// Takes away what goes: real servers when nobody is connected to them any more, or after a
  /// while; addresses before their servers; entries and sets at last.
  ///
  /// @param drain how long connections have time to end
  /// @throws HostFault where something of it is left
  public void shrink(BalancerChange change, Balancer wanted, Balancer owned, Duration drain)
      throws HostFault {
    if (change.isEmpty()) {
      return;
    }
    String words = change(BalancerText.serversQuiet(change));
    drain(change, drain);
    batch(BalancerText.unbound(change));
    words += change(BalancerText.serversShrunk(change));
    restore(BalancerText.setsShrunk(change));
    Optional<HostFault> kept = Optional.empty();
    for (SetChange set : change.sets()) {
      if (set.kind() == SetChange.Kind.REMOVED) {
        Optional<HostFault> fault = destroy(set.set().name());
        kept = kept.or(() -> fault);
      }
    }
    if (kept.isPresent()) {
      throw kept.get();
    }
    BalancerChange left = BalancerChange.between(read(), wanted, owned);
    if (!left.isEmpty()) {
      throw unlike(left, words);
    }
  }

  private static HostFault unlike(BalancerChange left, String words) {
    String what = BalancerFindings.of(left).getFirst().toString();
    return new HostFault(
        Kind.TOOL, "read back, " + what + (words.isEmpty() ? "" : "; ipvsadm said: " + words));
  }

  private void restore(String text) throws HostFault {
    if (!text.isEmpty()) {
      host.require(ToolCall.writing("ipset", "-exist", "restore").with(text).within(LIMIT));
    }
  }

  /// @return what the tool said to it, in one line
  private String change(String text) throws HostFault {
    if (text.isEmpty()) {
      return "";
    }
    ToolResult result =
        host.require(ToolCall.writing("ipvsadm", "--restore").with(text).within(LIMIT));
    return result.errors().lines().filter(line -> !line.isBlank()).findFirst().orElse("");
  }

  private void batch(String text) throws HostFault {
    if (!text.isEmpty()) {
      host.require(ToolCall.writing("ip", "-batch", "-").with(text).within(LIMIT));
    }
  }

  /// @return why the set is there still
  private Optional<HostFault> destroy(String set) throws HostFault {
    ToolCall call = ToolCall.writing("ipset", "destroy", set);
    ToolResult result = host.run(call);
    for (int i = 1; i < ATTEMPTS && result.errors().contains("in use"); i++) {
      sleep();
      result = host.run(call);
    }
    return result.status() == 0 ? Optional.empty() : Optional.of(result.fault(call));
  }

  private void drain(BalancerChange change, Duration limit) throws HostFault {
    List<ServerChange> draining = change.servers().stream().filter(ServerChange::drains).toList();
    Duration end = host.uptime().plus(limit);
    while (!draining.isEmpty()
        && Connections.of(print("ipvsadm", "-L", "-n")).areTo(draining)
        && host.uptime().compareTo(end) < 0) {
      sleep();
    }
  }

  private static void sleep() throws HostFault {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(Kind.TIME, "interrupted");
    }
  }
}
