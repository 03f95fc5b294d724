package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A network namespace that lives as long as the test that opened it: its keeper reads our end of a
/// pipe.
public final class Namespace implements AutoCloseable {
  private static final Pattern JUMP = Pattern.compile("^-A (\\S+) (?:.* )?-[jg] (\\S+)");
  private static final Pattern CHAIN = Pattern.compile("^(?:-A |:)(\\S+)");

  private final Process keeper;

  private Namespace(Process keeper) {
    this.keeper = keeper;
  }

  /// Skips the test where there can be none, unless `KPROXY_REQUIRE_KERNEL=1`.
  public static void require() {
    boolean able =
        "root".equals(System.getProperty("user.name"))
            && Stream.of("sbin/iptables-nft-save", "sbin/iptables-legacy-save", "sbin/nfacct")
                .allMatch(tool -> Files.isExecutable(Path.of("/usr", tool)))
            && Files.isExecutable(Path.of("/usr/bin/strace"));
    if (!"1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      assumeTrue(able, "needs root, iptables, nfacct and strace");
    }
  }

  /// A new one, with nothing in it but `lo`.
  public static Namespace open() throws IOException {
    Process keeper = new ProcessBuilder("unshare", "--net", "cat").start();
    keeper.getOutputStream().write('\n');
    keeper.getOutputStream().flush();
    assertThat(keeper.getInputStream().read()).isEqualTo('\n');
    return new Namespace(keeper);
  }

  /// The host that it is.
  public Host host(Path guard) {
    return LinuxHost.of(keeper.pid(), guard);
  }

  /// A command in the namespace.
  public ProcessBuilder command(List<String> words) {
    List<String> command =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + keeper.pid() + "/ns/net"));
    command.addAll(words);
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /// What a script prints that runs in the namespace and succeeds.
  public String sh(String script) {
    try {
      Process process = command(List.of("sh", "-ec", script)).start();
      process.getOutputStream().close();
      String talk = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(script + ": " + talk).isZero();
      return talk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The tables of both families, `4 *nat` and so on, without comments, counters, kproxy's marker
  /// and tables that nobody has put anything into.
  public Map<String, String> tables(String variant) {
    Map<String, String> tables = new TreeMap<>();
    for (String family : List.of("", "6")) {
      split(sh("ip" + family + "tables-" + variant + "-save"))
          .forEach((table, text) -> tables.put("IPv" + (family.isEmpty() ? 4 : 6) + table, text));
    }
    return tables;
  }

  /// The text of each table that somebody has put something into.
  public static Map<String, String> split(String text) {
    Map<String, String> tables = new TreeMap<>();
    List<String> table = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (!line.startsWith("#") && !line.contains("KPROXY-META")) {
        table.add(line.startsWith(":") ? line.replaceAll("\\[\\d+:\\d+]$", "[0:0]") : line);
      }
      if (line.equals("COMMIT")) {
        boolean blank =
            table.stream()
                .allMatch(
                    it -> it.equals("COMMIT") || it.startsWith("*") || it.endsWith("ACCEPT [0:0]"));
        if (!blank) {
          tables.put(table.getFirst(), String.join("\n", table));
        }
        table.clear();
      }
    }
    return tables;
  }

  /// The part of a table's text that packets can reach: what begins at the built-in chains.
  public static String effective(String table) {
    Set<String> reached = new LinkedHashSet<>();
    table
        .lines()
        .filter(it -> it.startsWith(":") && !it.contains(" - ["))
        .forEach(it -> reached.add(it.substring(1, it.indexOf(' '))));
    int before;
    do {
      before = reached.size();
      for (String line : table.lines().toList()) {
        Matcher rule = JUMP.matcher(line);
        if (rule.find() && reached.contains(rule.group(1))) {
          reached.add(rule.group(2));
        }
      }
    } while (reached.size() > before);
    return table
        .lines()
        .filter(it -> CHAIN.matcher(it).results().allMatch(at -> reached.contains(at.group(1))))
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    keeper.destroyForcibly();
  }
}
