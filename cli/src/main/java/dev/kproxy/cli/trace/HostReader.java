package dev.kproxy.cli.trace;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.RecentListParser;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.iproute.SysctlParser;
import dev.kproxy.iproute.Sysctls;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Reads what is known of the host that a packet meets.
public final class HostReader {
  /// So many tables of routes are named in a note.
  private static final int NAMED_TABLES = 5;

  private final Texts texts;
  private final Consumer<Diagnostic> sink;

  /// A reader that takes texts from there.
  ///
  /// @param sink takes the faults
  public HostReader(Texts texts, Consumer<Diagnostic> sink) {
    this.texts = texts;
    this.sink = sink;
  }

  /// What a user said of the host.
  ///
  /// @param own its addresses, as far as they were told one by one; empty where none was
  /// @param interfaces its interfaces, where they were told
  /// @param routes the file of its routes
  /// @param settings `--sysctl`: files, or `NAME=VALUE`
  /// @param recent `--recent`: files, each named like its list, or `LIST=FILE`
  public record Given(
      List<Ip> own,
      Optional<List<Interface>> interfaces,
      Optional<String> routes,
      List<String> settings,
      List<String> recent) {
    public Given {
      own = List.copyOf(own);
      interfaces = interfaces.map(List::copyOf);
      settings = List.copyOf(settings);
      recent = List.copyOf(recent);
    }
  }

  /// The facts; what was not told is absent.
  public HostFacts read(Given given) {
    HostFacts facts = HostFacts.UNKNOWN;
    if (given.interfaces().isPresent() || !given.own().isEmpty()) {
      facts = facts.withInterfaces(interfaces(given));
    }
    if (given.routes().isPresent()) {
      String file = given.routes().get();
      Optional<String> text = texts.text(file);
      if (text.isPresent()) {
        RouteTable routes = new RouteTable(RoutesParser.parse(text.get(), file, sink));
        notePolicies(routes, file);
        facts = facts.withRoutes(routes);
      }
    }
    for (var setting : settings(given.settings()).values().entrySet()) {
      facts = facts.withSysctl(setting.getKey(), setting.getValue());
    }
    for (String list : given.recent()) {
      facts = withRecent(facts, list);
    }
    return facts;
  }

  private void notePolicies(RouteTable routes, String file) {
    List<String> others = routes.otherTables();
    if (!others.isEmpty()) {
      String tables = others.size() == 1 ? "table " : "tables ";
      sink.accept(
          Diagnostic.note(
              Code.PASSED_OVER,
              "",
              file
                  + " has routes in the "
                  + tables
                  + String.join(", ", others.subList(0, Math.min(others.size(), NAMED_TABLES)))
                  + (others.size() > NAMED_TABLES ? ", …" : "")
                  + "; the rules of policy routing, which may lead there, are not asked"));
    }
  }

  /// The interfaces, and one without a name for the addresses of which nobody said on which
  /// interface they are.
  private static List<Interface> interfaces(Given given) {
    List<Interface> interfaces = new ArrayList<>(given.interfaces().orElse(List.of()));
    Set<Ip> placed =
        interfaces.stream()
            .flatMap(device -> device.addresses().stream())
            .map(Interface.Address::ip)
            .collect(Collectors.toSet());
    List<Interface.Address> others =
        given.own().stream()
            .filter(ip -> !placed.contains(ip))
            .map(Interface.Address::host)
            .toList();
    if (!others.isEmpty()) {
      interfaces.add(new Interface("", List.of(), others));
    }
    return interfaces;
  }

  private Sysctls settings(List<String> given) {
    Sysctls all = Sysctls.NONE;
    for (String setting : given) {
      Optional<String> text = setting.contains("=") ? Optional.of(setting) : texts.text(setting);
      String file = setting.contains("=") ? "--sysctl" : setting;
      if (text.isPresent()) {
        all = all.with(SysctlParser.parse(text.get(), file, sink));
      }
    }
    return all;
  }

  private HostFacts withRecent(HostFacts facts, String given) {
    int equals = given.indexOf('=');
    String file = given.substring(equals + 1);
    String name =
        equals >= 0 ? given.substring(0, equals) : file.substring(file.lastIndexOf('/') + 1);
    return texts
        .text(file)
        .map(text -> facts.withRecent(name, RecentListParser.parse(text, file, sink)))
        .orElse(facts);
  }
}
