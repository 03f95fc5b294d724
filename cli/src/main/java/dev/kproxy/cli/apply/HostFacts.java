package dev.kproxy.cli.apply;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.NodeDefaults;
import dev.kproxy.cli.command.Console;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the host tells of itself, for what the command line does not tell. Each fact is noted.
final class HostFacts {
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.(\\d+)");

  private final Host host;
  private final Console console;

  HostFacts(Host host, Console console) {
    this.host = host;
    this.console = console;
  }

  /// The host's name as kube-proxy takes it: in lower case.
  String name() throws HostFault {
    return host.name().strip().toLowerCase(Locale.ROOT);
  }

  NodeDefaults node(ClusterOptions options) throws HostFault {
    List<Interface> interfaces = List.of();
    if (options.addresses().isEmpty()) {
      ToolResult shown = host.require(ToolCall.reading("ip", "-j", "addr"));
      interfaces = InterfacesParser.parse(shown.output(), "ip -j addr", console);
      note("--addresses", "the host's interfaces, as ip -j addr prints them");
    }
    return new NodeDefaults(Optional.of(name()), interfaces);
  }

  /// The options with the number of CPUs, and with what the kernel and the tools lack.
  ClusterOptions options(ClusterOptions given) throws HostFault {
    if (given.cpus().isEmpty()) {
      note("--cpus", "the host's " + host.cpus());
    }
    List<String> lacking = new ArrayList<>();
    if (!given.without().contains("nfacct") && !counts()) {
      note("--without", "nfacct, which does not work here");
      lacking.add("nfacct");
    }
    if (!given.without().contains("random-fully") && !isRandomFully()) {
      note("--without", "random-fully, which iptables before 1.6.2 does not know");
      lacking.add("random-fully");
    }
    return given.on(host.cpus(), lacking);
  }

  private boolean counts() throws HostFault {
    return host.has("nfacct") && host.run(ToolCall.reading("nfacct", "list")).status() == 0;
  }

  private boolean isRandomFully() throws HostFault {
    for (String tool : List.of("iptables", "iptables-nft", "iptables-legacy")) {
      if (host.has(tool)) {
        Matcher version = VERSION.matcher(host.run(ToolCall.reading(tool, "--version")).output());
        if (version.find()) {
          return Runtime.Version.parse(version.group().substring(1))
                  .compareTo(Runtime.Version.parse("1.6.2"))
              >= 0;
        }
      }
    }
    return true;
  }

  private void note(String option, String what) {
    console.accept(Diagnostic.note(Code.ASSUMED, option, what));
  }
}
