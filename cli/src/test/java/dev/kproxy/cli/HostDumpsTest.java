package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules that real hosts printed are read, and a hundred packets each are traced through them: from
/// outside, from every interface, to the host and from it, so that each built-in chain sees some.
///
/// The dumps do not tell their hosts, so hosts are made up from their text: an interface for every
/// name in `-i` and `-o`, each with a network of its own, and a route to everything by `eth0`.
class HostDumpsTest {
  private static final Pattern DEVICE = Pattern.compile(" -[io] (\\S+)");
  private static final Pattern TARGET =
      Pattern.compile(
          " -d (\\d+\\.\\d+\\.\\d+\\.\\d+)(?:/32)? .*-p (tcp|udp) .*--dport (\\d+)(?= |$)");
  private static final Pattern BUILT_IN =
      Pattern.compile("(?m)^(?:\\*(\\S+)$|(?::|-P )([A-Z]+) (?:ACCEPT|DROP))");
  private static final List<String> TABLES = List.of("raw", "mangle", "nat", "filter", "security");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  /// The numbers are how many of the hundred packets may be undetermined: because nobody told by
  /// which port of a bridge they come, all dumps together at most one in a hundred; and because of
  /// what no dump holds, the state of a limit or the contents of a set.
  @ParameterizedTest
  @CsvSource({
    "calico-fv-cali-iptables-dump.txt, '', 0, 0",
    "calico-fv-iptables-dump.txt, '', 0, 0",
    "gke-2016-after-services.iptables-save, '', 0, 0",
    "gke-2016-before-services.iptables-save, '', 0, 0",
    "kubeadm-1.29-flannel-2024.iptables-save, '', 0, 0",
    "transcribed/centos-2018-recent-affinity.nat-S, nat=, 0, 0",
    "transcribed/ipvs-stale-corrupt-dnat-2022.filter.iptables-save, '', 0, 0",
    "transcribed/k3s-2022-legacy-counters.iptables-save, '', 0, 0",
    "transcribed/weave-kubeadm-1.11-2018.iptables-save, '', 8, 0",
    "../iptables_semantics/synology.iptables-save, '', 0, 13",
    "../iptables_semantics/parser_test.ip6tables-save, '', 0, 0",
  })
  void tracesAHundredPacketsThroughEveryBuiltInChain(
      String name, String table, int unknownAtMost, int unheldAtMost) throws IOException {
    Path dump = find(name);
    String text = Files.readString(dump);
    Site site = Site.of(text, name.contains("ip6tables"));
    Kproxy.Result result =
        Kproxy.runWithInput(
            packets(text, site).getBytes(StandardCharsets.UTF_8),
            "trace",
            "packet",
            site.option(),
            table + dump,
            "--addresses",
            file("addresses", site.addresses()),
            "--routes",
            file("routes", site.routes()),
            "--packets",
            "-",
            "-o",
            "json");
    assertThat(result.exitCode()).as(result.err()).isZero();

    List<JsonNode> traces = new ArrayList<>();
    for (String line : result.out().lines().toList()) {
      traces.add(JSON.readTree(line));
    }
    assertThat(traces).hasSize(100);
    Set<String> reached = new TreeSet<>();
    double unknown = 0;
    double unheld = 0;
    Set<String> why = new TreeSet<>();
    for (JsonNode trace : traces) {
      boolean local = trace.get("packet").get("src").asText().equals(site.node());
      for (JsonNode outcome : trace.get("outcomes")) {
        outcome
            .get("path")
            .forEach(
                step -> reached.add(step.get("table").asText() + " " + step.get("hook").asText()));
        for (String hook : passed(outcome, local)) {
          TABLES.forEach(it -> reached.add(it + " " + hook));
        }
        if (outcome.get("verdict").asText().equals("undetermined")) {
          String asked = outcome.get("why").asText();
          why.add(asked);
          if (asked.contains("-m limit") || asked.contains(" set ")) {
            unheld += outcome.get("value").asDouble();
          } else {
            unknown += outcome.get("value").asDouble();
          }
        }
      }
    }
    assertThat(reached).containsAll(builtIn(text, table));
    assertThat(unknown).as("%s", why).isLessThanOrEqualTo(unknownAtMost);
    assertThat(unheld).as("%s", why).isLessThanOrEqualTo(unheldAtMost);
  }

  /// The hooks whose every table a first packet of a connection has gone through that ends so.
  private static List<String> passed(JsonNode outcome, boolean local) {
    return switch (outcome.get("delivery").asText()) {
      case "forward" ->
          List.of(local ? "OUTPUT" : "PREROUTING", local ? "OUTPUT" : "FORWARD", "POSTROUTING");
      case "local" -> List.of(local ? "OUTPUT" : "PREROUTING", "INPUT");
      default -> List.of();
    };
  }

  /// The built-in chains of a dump with their tables, such as `nat PREROUTING`.
  private static Set<String> builtIn(String text, String table) {
    Set<String> chains = new TreeSet<>();
    String current = table.replace("=", "");
    for (Matcher line = BUILT_IN.matcher(text); line.find(); ) {
      if (line.group(1) != null) {
        current = line.group(1);
      } else {
        chains.add(current + " " + line.group(2));
      }
    }
    assertThat(chains).isNotEmpty();
    return chains;
  }

  /// Text that is no dump, or that no tool of one version printed, with the code of the reason.
  @ParameterizedTest
  @CsvSource({
    "minikube-2020-iptables-mode.iptables-L-nv-nat, KP602",
    "minikube-2020-ipvs/iptables-L-nv-nat.txt, KP602",
    "transcribed/ipvs-stale-corrupt-dnat-2022.nat.iptables-save, KP604",
    "minik8s-2023-service-fragment.rules, KP601",
    "../iptables_semantics/parser_test.iptables-save, KP601",
    "kube-proxy-golden/iptables-TestTracePacket-01.rules, KP601",
  })
  void refusesWhatCannotBeRead(String name, String code) throws IOException {
    Path dump = find(name);
    Kproxy.Result result =
        Kproxy.run(
            ("trace packet --from 203.0.113.9 --to 192.168.0.11:80 --node-ip 192.168.0.11"
                    + " --iptables "
                    + dump)
                .split(" ", -1));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines()).first().asString().contains("error " + code);
    assertThat(result.out()).isEmpty();
  }

  private static Path find(String name) {
    Path ours = Case.root().resolve("testdata/hosts/k8s").resolve(name).normalize();
    Path shared = Case.shared().resolve("dumps/k8s").resolve(name).normalize();
    assumeThat(Files.exists(ours) || Files.exists(shared)).as("%s is at hand", name).isTrue();
    return Files.exists(ours) ? ours : shared;
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  /// A host made up for a dump.
  ///
  /// @param devices its interfaces; `eth0` leads to everything that is not on another one
  private record Site(boolean ipv6, List<String> devices) {
    static Site of(String text, boolean ipv6) {
      Set<String> devices = new TreeSet<>(List.of("eth0"));
      for (Matcher device = DEVICE.matcher(text); device.find(); ) {
        String name = device.group(1);
        devices.add(name.endsWith("+") ? name.substring(0, name.length() - 1) + "0" : name);
      }
      devices.remove("lo");
      return new Site(ipv6, List.copyOf(devices));
    }

    String option() {
      return ipv6 ? "--ip6tables" : "--iptables";
    }

    String node() {
      return host("eth0", "11");
    }

    String stranger() {
      return ipv6 ? "2001:db8:ffff::9" : "203.0.113.9";
    }

    String elsewhere() {
      return ipv6 ? "2001:db8:eeee::7" : "198.51.100.7";
    }

    /// The address of a host in the network of an interface.
    String host(String device, String number) {
      if (ipv6) {
        return "fd00:0:0:" + (10 + devices.indexOf(device)) + "::" + number;
      }
      String network =
          device.equals("eth0") ? "192.168.0." : "10.200." + devices.indexOf(device) + ".";
      return network + number;
    }

    String addresses() {
      StringBuilder text = new StringBuilder();
      text.append(ipv6 ? "1: lo    inet6 ::1/128" : "1: lo    inet 127.0.0.1/8");
      text.append(" scope host lo\n");
      int number = 2;
      for (String device : devices) {
        text.append(number++).append(": ").append(device).append(ipv6 ? "    inet6 " : "    inet ");
        text.append(host(device, device.equals("eth0") ? "11" : "1")).append(ipv6 ? "/64" : "/24");
        text.append(" scope global ").append(device).append('\n');
      }
      return text.toString();
    }

    String routes() {
      StringBuilder text = new StringBuilder();
      text.append("default via ").append(host("eth0", "1")).append(" dev eth0\n");
      for (String device : devices) {
        text.append(host(device, ipv6 ? "" : "0")).append(ipv6 ? "/64" : "/24");
        text.append(" dev ").append(device).append(" scope link\n");
      }
      return text.toString();
    }
  }

  /// Where the rules expect traffic to go, and two places that no rule knows.
  private static List<String> targets(String text, Site site) {
    List<String> targets = new ArrayList<>();
    for (Matcher target = TARGET.matcher(text); target.find(); ) {
      targets.add(
          "\"protocol\":\"%s\",\"dst\":\"%s\",\"dport\":%s"
              .formatted(target.group(2), target.group(1), target.group(3)));
    }
    String elsewhere = "\"dst\":\"" + site.elsewhere() + '"';
    targets.add("\"protocol\":\"tcp\",\"dport\":443," + elsewhere);
    targets.add("\"protocol\":\"icmp\"," + elsewhere);
    return targets;
  }

  private static String packets(String text, Site site) {
    List<String> devices = site.devices();
    List<String> targets = targets(text, site);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      String device = devices.get(i / 4 % devices.size());
      String target = targets.get(i / 4 % targets.size());
      String end =
          switch (i % 4) {
            case 0 -> "\"src\":\"" + site.stranger() + "\",\"in\":\"eth0\"," + target;
            case 1 ->
                "\"src\":\"%s\",\"in\":\"%s\",%s"
                    .formatted(site.host(device, "77"), device, target);
            case 2 ->
                "\"src\":\"%s\",\"in\":\"eth0\",\"protocol\":\"tcp\",\"dst\":\"%s\",\"dport\":%d"
                    .formatted(site.stranger(), site.node(), i % 8 == 2 ? 22 : 30000 + i);
            default -> "\"src\":\"" + site.node() + "\",\"origin\":\"local\"," + target;
          };
      lines.append("{\"id\":").append(i).append(',').append(end).append("}\n");
    }
    return lines.toString();
  }
}
