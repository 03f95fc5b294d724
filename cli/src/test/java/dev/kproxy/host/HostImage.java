package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a host has at one time, with a stranger's things and kproxy's state, to be made again in
/// other namespaces.
///
/// @param tables the rules, as [Namespace#tables] prints them
/// @param others sets, counters and settings
record HostImage(Backend backend, Path directory, Map<String, String> tables, String others) {
  private static final String OTHERS =
      "ipset save; nfacct list | sed 's/.*= //' | sort; sysctl net.ipv4.conf.all.route_localnet";

  private static final String TAKE =
      """
      iptables-BACKEND-save > rules
      ip6tables-BACKEND-save > rules6
      ipset save > sets
      nfacct list | sed 's/.*= \\(.*\\);/nfacct add \\1/' > counters
      sysctl net.ipv4.conf.all.route_localnet > settings
      """;

  private static final String RESTORE =
      """
      ipset restore < sets
      sh -e counters
      sysctl -qp settings
      iptables-BACKEND-restore < rules
      ip6tables-BACKEND-restore < rules6
      """;

  /// Puts there what belongs to somebody else.
  static void settle(Namespace namespace, Backend backend) {
    namespace.sh(
        """
        ipset create FOREIGN hash:ip
        ipset add FOREIGN 9.9.9.9
        nfacct add foreign
        iptables-BACKEND -N FOREIGN
        iptables-BACKEND -A FOREIGN -m set --match-set FOREIGN src -j RETURN
        iptables-BACKEND -A FORWARD -j FOREIGN
        iptables-BACKEND -t nat -A PREROUTING -s 9.9.9.9 -j ACCEPT
        ip6tables-BACKEND -t nat -A PREROUTING -s fd09::9 -j ACCEPT
        """
            .replace("BACKEND", backend.toString()));
  }

  /// Looks at a namespace, whose image is kept in a directory, where its state already is.
  static HostImage of(Namespace namespace, Backend backend, Path directory) {
    namespace.sh("cd " + directory + "\n" + TAKE.replace("BACKEND", backend.toString()));
    return new HostImage(
        backend, directory, namespace.tables(backend.toString()), namespace.sh(OTHERS));
  }

  /// The state directory.
  Path state() {
    return directory.resolve("state");
  }

  /// Makes an empty namespace and a copy of the state like it.
  void restore(Namespace namespace, Path state) throws IOException, HostFault {
    Files.createDirectories(state.getParent());
    namespace.sh("cp -a " + state() + " " + state);
    try (StateDirectory store = StateDirectory.open(state, "root")) {
      State copy = new State(store);
      for (Installed installed : copy.current().stream().toList()) {
        copy.record(at(namespace.host(state.resolve("guard")).identity().epoch(), installed));
      }
    }
    namespace.sh("cd " + directory + "\n" + RESTORE.replace("BACKEND", backend.toString()));
  }

  /// The same in another epoch.
  static Installed at(String epoch, Installed installed) {
    return new Installed(
        installed.id(),
        installed.generation(),
        installed.previous(),
        installed.before(),
        epoch,
        installed.markers(),
        installed.sysctlsBefore(),
        installed.counters(),
        installed.confirmBy());
  }

  /// A namespace and a state directory have all of that and nothing else.
  void assertIsOf(Namespace namespace, Path found, Object cause) throws IOException {
    assertThat(namespace.tables(backend.toString())).as("after %s", cause).isEqualTo(tables);
    assertThat(namespace.sh(OTHERS)).as("after %s", cause).isEqualTo(others);
    assertThat(files(found)).as("after %s", cause).isEqualTo(files(state()));
  }

  /// The names of all files but locks; of generations only that there are some.
  private static List<String> files(Path state) throws IOException {
    try (Stream<Path> files = Files.list(state)) {
      return files
          .map(it -> String.valueOf(it.getFileName()).replaceAll("[0-9a-f]{64}", "generation"))
          .filter(it -> !it.equals("guard") && !it.equals("lock"))
          .sorted()
          .toList();
    }
  }
}
