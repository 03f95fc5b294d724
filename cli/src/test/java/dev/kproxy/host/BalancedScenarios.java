package dev.kproxy.host;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.state.StateDirectory;
import dev.kproxy.net.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What is tried with mode ipvs inside of a kernel that has IPVS: a program, since that kernel runs
/// no build. It writes a line into the file `progress` for each thing that held, and goes on behind
/// those that it finds there: such a kernel may die of itself.
public final class BalancedScenarios {
  private static final Settings SETTINGS =
      new Settings(
          Optional.of(Backend.LEGACY),
          false,
          Optional.empty(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1));

  private final Path folder;
  private final Path progress;

  private BalancedScenarios(Path folder) {
    this.folder = folder;
    this.progress = folder.resolve("progress");
  }

  /// Runs one scenario.
  ///
  /// @param arguments its name, a folder, and a number
  public static void main(String[] arguments) throws HostFault, IOException {
    BalancedScenarios scenarios = new BalancedScenarios(Path.of(arguments[1]));
    int number = Integer.parseInt(arguments[2]);
    switch (arguments[0]) {
      case "kill-update" -> scenarios.kill(Pair.UPDATE, number);
      case "kill-install" -> scenarios.kill(Pair.INSTALL, number);
      case "kill-mode" -> scenarios.kill(Pair.MODE, number);
      case "drift" -> scenarios.drift(number);
      case "lies" -> scenarios.lies();
      case "boot" -> scenarios.boot(number);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /// Two states of a host, and the way from each to the other.
  private enum Pair {
    UPDATE,
    INSTALL,
    MODE;

    Outcome first(Operations operations) throws HostFault {
      return this == INSTALL
          ? operations.uninstall(SETTINGS)
          : operations.apply(this == MODE ? iptables() : BalancedClusters.one(), SETTINGS);
    }

    Outcome second(Operations operations) throws HostFault {
      return operations.apply(
          this == UPDATE ? BalancedClusters.two() : BalancedClusters.one(), SETTINGS);
    }

    private static Target iptables() throws HostFault {
      Target both = Clusters.one();
      String rules = Clusters.oneText().replaceAll("-m nfacct --nfacct-name {2}\\S+ ", "");
      return new Target(
          both.source(),
          both.label(),
          Map.of(Family.IPV4, Clusters.rules(Family.IPV4, rules)),
          both.sysctls(),
          List.of(),
          both.balancer(),
          List.of());
    }
  }

  /// Kills every `stride`th write of the change from each of two states to the other.
  private void kill(Pair pair, int stride) throws HostFault, IOException {
    Path state = Path.of("/run/kproxy", pair.toString());
    Files.createDirectories(state);
    List<String> held = held(pair + " ");
    int point = held.isEmpty() ? 0 : Integer.parseInt(held.getLast().split(" ", -1)[1]) + stride;
    try (StateDirectory store = StateDirectory.open(state.resolve("state"), "root")) {
      Host host = LinuxHost.here(state.resolve("guard"));
      invite();
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      pair.second(healthy);
      String second = state();
      pair.first(healthy);
      String first = state();
      check(!first.equals(second), "the two states differ");
      boolean atFirst = true;
      for (int alive = 0; alive < 2; point += stride) {
        Mortal mortal = new Mortal(host, store, point);
        Operations dying = new Operations(mortal, mortal, Progress.NONE, (_, _) -> {});
        boolean killed = false;
        try {
          Outcome outcome = atFirst ? pair.second(dying) : pair.first(dying);
          check(outcome.end() == Outcome.End.DONE, "ended with " + outcome.end());
        } catch (Mortal.Killed e) {
          killed = true;
        }
        String place = pair + " " + point + (atFirst ? " there" : " back");
        String found = state();
        checkOthers(found, place);
        checkAddresses(found, place);
        checkTables(found, first, second, place);
        healthy.recover(SETTINGS);
        String recovered = state();
        check(
            recovered.equals(first) || recovered.equals(second),
            place
                + ": recovered to neither\n"
                + recovered
                + "\nnot\n"
                + first
                + "\nnor\n"
                + second);
        check(
            healthy.status().findings().isEmpty(),
            place + ": status: " + healthy.status().findings());
        check(!store.names().contains("journal"), place + ": no journal is left");
        atFirst = recovered.equals(first);
        alive = killed ? 0 : alive + 1;
        hold(place + (killed ? " killed" : " alive"));
      }
    }
  }

  /// Puts what is of others into each place.
  private static void invite() throws IOException {
    sh(
        """
        ip link add others type dummy
        ip addr add 10.9.9.9/32 dev others
        ipvsadm -A -t 10.9.9.9:80 -s lc
        ipvsadm -a -t 10.9.9.9:80 -r 10.8.8.8:80 -g -w 7
        ipset create OTHERS hash:ip
        ipset add OTHERS 10.9.9.9
        iptables-legacy -t nat -A PREROUTING -m set --match-set OTHERS dst -j ACCEPT
        """);
  }

  /// All that the kernel holds, in the order of text: what is of others in it, too.
  private static String state() throws IOException {
    String[] printed =
        sh("""
        iptables-legacy-save
        echo ==
        ipvsadm -Sn
        echo ==
        ipset save
        echo ==
        ip -o addr
        echo ==
        ip -o link
        ipvsadm -L --timeout
        cat /proc/sys/net/ipv4/vs/conntrack /proc/sys/net/ipv4/conf/all/route_localnet
        """)
            .split("==\n", -1);
    StringBuilder state = new StringBuilder();
    new TreeMap<>(Namespace.split(printed[0])).forEach((_, table) -> part(table.lines(), state));
    part(printed[1].lines().sorted().map(line -> "ipvsadm " + line), state);
    part(printed[2].lines().sorted().map(line -> line.replaceFirst(" bucketsize.*", "")), state);
    part(
        printed[3]
            .lines()
            .map(line -> line.split("\\s+", -1))
            .map(it -> it[1] + " " + it[3])
            .sorted(),
        state);
    part(
        printed[4]
            .lines()
            .map(line -> line.replaceFirst("^\\d+: ", "").replaceFirst("link/ether.*", "")),
        state);
    return state.toString();
  }

  private static void part(Stream<String> lines, StringBuilder state) {
    state.append("==\n");
    lines.forEach(line -> state.append(line).append('\n'));
  }

  private static String sh(String script) throws IOException {
    Process process =
        new ProcessBuilder("bash", "-eu", "-c", script).redirectErrorStream(true).start();
    String talk = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      check(process.waitFor() == 0, script + ": " + talk);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return talk;
  }

  private static void checkOthers(String state, String place) {
    for (String line :
        List.of(
            "others 10.9.9.9/32",
            "ipvsadm -A -t 10.9.9.9:80 -s lc",
            "ipvsadm -a -t 10.9.9.9:80 -r 10.8.8.8:80 -g -w 7",
            "add OTHERS 10.9.9.9",
            "-A PREROUTING -m set --match-set OTHERS dst -j ACCEPT")) {
      check(state.lines().anyMatch(line::equals), place + ": of others is lost: " + line);
    }
  }

  /// An address of ours has a server, always: else the host itself would answer there.
  private static void checkAddresses(String state, String place) {
    for (String line : state.lines().filter(it -> it.startsWith("kube-ipvs0 ")).toList()) {
      String address = line.replaceAll("kube-ipvs0 |/.*", "");
      check(
          !address.contains(".") || state.contains(" " + address + ":"),
          place + ": " + address + " has no server");
    }
  }

  private static void checkTables(String found, String first, String second, String place) {
    for (String part : found.split("==\n", -1)) {
      check(
          !part.startsWith("*") || first.contains(part) || second.contains(part),
          place + ": a table is neither old nor new\n" + part);
    }
  }

  /// Changes one thing of ours, as often as said: `status` says where, `apply` repairs it.
  private void drift(int changes) throws HostFault, IOException {
    Path state = Path.of("/run/kproxy/drift");
    Files.createDirectories(state);
    int done = held("drift ").size();
    long seed = Long.getLong("kproxy.seed", 1) + done;
    Random random = new Random(seed);
    try (StateDirectory store = StateDirectory.open(state.resolve("state"), "root")) {
      Host host = LinuxHost.here(state.resolve("guard"));
      invite();
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      operations.apply(BalancedClusters.one(), SETTINGS);
      String applied = state();
      for (int i = done; i < changes; i++) {
        Drift drift = DRIFTS.get(random.nextInt(DRIFTS.size()));
        sh(drift.command());
        String place = "seed " + seed + ": " + drift;
        List<Finding> findings = operations.status().findings();
        check(
            findings.stream().anyMatch(it -> it.toString().startsWith(drift.found())),
            place + ": found " + findings);
        operations.apply(BalancedClusters.one(), SETTINGS);
        check(state().equals(applied), place + ": not repaired\n" + state());
        check(operations.status().findings().isEmpty(), place + ": still found");
        hold("drift " + drift.command());
      }
    }
  }

  /// A change of one thing, and how what `status` says of it begins.
  private record Drift(String command, String found) {}

  private static final List<Drift> DRIFTS = drifts();

  private static List<Drift> drifts() {
    List<Drift> drifts = new ArrayList<>();
    for (String entry : List.of("10.96.0.1,tcp:80", "10.96.0.1,udp:53", "10.96.0.2,tcp:80")) {
      drifts.add(
          new Drift(
              "ipset del KUBE-CLUSTER-IP " + entry, "set KUBE-CLUSTER-IP: is missing: " + entry));
    }
    drifts.add(
        new Drift(
            "ipset add KUBE-CLUSTER-IP 10.7.7.7,sctp:7",
            "set KUBE-CLUSTER-IP: was not applied: 10.7.7.7,sctp:7"));
    drifts.add(
        new Drift("ipset flush KUBE-NODE-PORT-TCP", "set KUBE-NODE-PORT-TCP: is missing: 30001"));
    drifts.add(
        new Drift("ipset add KUBE-NODE-PORT-TCP 7", "set KUBE-NODE-PORT-TCP: was not applied: 7"));
    drifts.add(new Drift("ipset destroy KUBE-NODE-PORT-TCP", "set KUBE-NODE-PORT-TCP: is missing"));
    drifts.add(
        new Drift(
            "ipset create X hash:ip,port maxelem 7; ipset swap X KUBE-CLUSTER-IP; ipset destroy X",
            "set KUBE-CLUSTER-IP: has other options"));
    drifts.add(
        new Drift("ipvsadm -D -t 10.96.0.2:80", "virtual server TCP 10.96.0.2:80: is missing"));
    drifts.add(
        new Drift(
            "ipvsadm -E -t 10.96.0.2:80 -s wlc",
            "virtual server TCP 10.96.0.2:80: was applied as -A -t 10.96.0.2:80 -s rr"));
    drifts.add(
        new Drift(
            "ipvsadm -E -t 10.96.0.1:80 -s rr -p 60",
            "virtual server TCP 10.96.0.1:80: was applied as"));
    drifts.add(
        new Drift(
            "ipvsadm -d -t 10.96.0.1:80 -r 10.244.0.1:8080",
            "virtual server TCP 10.96.0.1:80: is missing: 10.244.0.1:8080"));
    drifts.add(
        new Drift(
            "ipvsadm -a -t 10.96.0.1:80 -r 10.7.7.7:7 -m",
            "virtual server TCP 10.96.0.1:80: was not applied: 10.7.7.7:7"));
    drifts.add(
        new Drift(
            "ipvsadm -e -u 10.96.0.1:53 -r 10.244.0.4:53 -m -w 0",
            "virtual server UDP 10.96.0.1:53: was applied as"));
    drifts.add(
        new Drift(
            "ipvsadm -e -t 10.96.0.2:80 -r 10.244.0.3:8080 -m -w 1 -x 5",
            "virtual server TCP 10.96.0.2:80: was applied as"));
    drifts.add(
        new Drift(
            "ip addr del 10.96.0.1/32 dev kube-ipvs0",
            "interface kube-ipvs0: is missing: 10.96.0.1"));
    drifts.add(
        new Drift(
            "ip addr del 10.96.0.2/32 dev kube-ipvs0",
            "interface kube-ipvs0: is missing: 10.96.0.2"));
    drifts.add(new Drift("ip link del kube-ipvs0", "interface kube-ipvs0: is missing"));
    drifts.add(new Drift("ipvsadm --set 0 0 77", "ipvs.timeout.udp: is 77, and was set to 301"));
    drifts.add(
        new Drift(
            "sysctl -qw net.ipv4.vs.conntrack=0", "net.ipv4.vs.conntrack: is 0, and was set to 1"));
    drifts.add(
        new Drift(
            "iptables-legacy -F KUBE-IPVS-FILTER", "IPv4 filter KUBE-IPVS-FILTER 1: is missing"));
    return List.copyOf(drifts);
  }

  /// `ipvsadm --restore` says that all is well when the kernel has no such scheduler.
  private void lies() throws HostFault, IOException {
    Path state = Path.of("/run/kproxy/lies");
    Files.createDirectories(state);
    try (StateDirectory store = StateDirectory.open(state.resolve("state"), "root")) {
      Host host = LinuxHost.here(state.resolve("guard"));
      invite();
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      operations.apply(BalancedClusters.two(), SETTINGS);
      String before = state();
      Outcome outcome = operations.apply(BalancedClusters.impossible(), SETTINGS);
      String message = outcome.message();
      check(outcome.end() == Outcome.End.ROLLED_BACK, message);
      check(message.contains("virtual server TCP 10.96.0.2:80: is missing"), message);
      check(message.contains("cheduler"), message);
      check(state().equals(before), "all is as before\n" + state());
      check(operations.status().findings().isEmpty(), "status finds nothing");
      hold("lies " + message);
    }
  }

  /// One of four boots of a host, which keeps its disk.
  private void boot(int which) throws HostFault, IOException {
    Path state = folder.resolve("state");
    Settings confirm =
        new Settings(
            Optional.of(Backend.LEGACY),
            false,
            Optional.of(Duration.ofHours(1)),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1));
    try (StateDirectory store = StateDirectory.open(state, "root")) {
      Host host = LinuxHost.here(state.resolve("guard"));
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      Balancers balancers = new Balancers(host);
      if (which == 1) {
        operations.apply(BalancedClusters.one(), SETTINGS);
      } else {
        check(operations.status().findings().toString().contains("booted since"), "booted since");
        check(balancers.none(), "a boot takes all away");
        Outcome outcome = operations.recover(SETTINGS);
        check(outcome.end() == Outcome.End.DONE, outcome.message());
        check(balancers.are(which == 4 ? BalancedClusters.two() : BalancedClusters.one()), "back");
        check(operations.status().findings().isEmpty(), "status finds nothing");
      }
      if (which == 2) {
        operations.apply(BalancedClusters.two(), confirm);
        check(balancers.are(BalancedClusters.two()), "applied");
      }
      if (which == 3) {
        operations.apply(BalancedClusters.two(), confirm);
        operations.confirm(SETTINGS);
      }
      hold("boot " + which);
    }
  }

  /// What a host has beside tables.
  private record Balancers(Host host) {
    boolean none() throws HostFault {
      return new dev.kproxy.host.ipvs.Balancing(host).read().isNone();
    }

    boolean are(Target target) throws HostFault {
      return dev.kproxy.host.ipvs.BalancerChange.between(
              new dev.kproxy.host.ipvs.Balancing(host).read(), target.balancer(), target.balancer())
          .isEmpty();
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private List<String> held(String beginning) throws IOException {
    return Files.exists(progress)
        ? Files.readAllLines(progress).stream().filter(it -> it.startsWith(beginning)).toList()
        : List.of();
  }

  private void hold(String what) throws IOException {
    Files.writeString(
        progress,
        what + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.APPEND);
  }
}
