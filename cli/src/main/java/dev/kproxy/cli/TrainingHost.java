package dev.kproxy.cli;

import dev.kproxy.cli.apply.Surroundings;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A host in memory, for the training of the commands that change one: whoever builds kproxy may
/// neither change the host that it is built on, nor look at its rules.
///
/// Its tools know what kproxy says to them in iptables mode, and no more. In place of each the
/// harmless `true` runs where there is one, so that starting tools is trained, too.
final class TrainingHost implements Host {
  private static final List<String> TABLES = List.of("filter", "mangle", "nat");

  /// Made as every run makes its own, since that is to be trained, too.
  private final Host real = Surroundings.HERE.host(Path.of("/dev/null"));

  /// By tool without its verb, and name: `iptables-nft nat`.
  private final Map<String, Map<String, List<String>>> tables = new TreeMap<>();

  private final Map<String, String> settings = new TreeMap<>();
  private final Set<String> counters = new HashSet<>();

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    if (real.has("true")) {
      real.run(ToolCall.reading("true"));
    }
    return answer(call);
  }

  /// Tools may run side by side.
  private synchronized ToolResult answer(ToolCall call) {
    List<String> arguments = call.arguments();
    return switch (call.tool()) {
      case "sysctl" -> printed(sysctl(arguments));
      case "find" -> printed("writable");
      case "nfacct" -> count(arguments.getFirst(), arguments.getLast());
      default -> {
        if (call.tool().endsWith("-restore")) {
          load(call.tool().replace("-restore", ""), call.input());
        }
        yield printed(call.tool().endsWith("-save") ? save(call.tool().replace("-save", "")) : "");
      }
    };
  }

  private static ToolResult printed(String output) {
    return new ToolResult(0, output, "");
  }

  private String sysctl(List<String> arguments) {
    if (arguments.contains("-w")) {
      String[] written = arguments.getLast().split("=", 2);
      settings.put(written[0], written[1]);
      return "";
    }
    StringBuilder out = new StringBuilder();
    arguments.forEach(
        name ->
            out.append(name).append(" = ").append(settings.getOrDefault(name, "0")).append('\n'));
    return out.toString();
  }

  private ToolResult count(String verb, String name) {
    if (verb.equals("add")) {
      counters.add(name);
    } else if (verb.equals("delete")) {
      counters.remove(name);
    } else if (!counters.contains(name)) {
      return new ToolResult(1, "", "No such file or directory");
    }
    return printed("{ pkts = 0, bytes = 0 } = " + name + ";\n");
  }

  private String save(String tool) {
    StringBuilder out = new StringBuilder();
    for (String table : TABLES) {
      RulesText.write(table, TableText.of(chains(tool, table)), out);
    }
    return out.toString();
  }

  private Map<String, List<String>> chains(String tool, String table) {
    return tables.computeIfAbsent(tool + " " + table, _ -> new TreeMap<>());
  }

  private void load(String tool, String input) {
    Map<String, List<String>> chains = Map.of();
    for (String line : input.lines().toList()) {
      String[] words = line.split(" ", 3);
      switch (line.substring(0, 1)) {
        case "*" -> chains = chains(tool, line.substring(1));
        case ":" -> chains.put(words[0].substring(1), new ArrayList<>());
        case "-" -> change(chains, words);
        default -> {}
      }
    }
  }

  private static void change(Map<String, List<String>> chains, String[] words) {
    if (words.length < 2) {
      return; // -S
    }
    List<String> rules = chains.computeIfAbsent(words[1], _ -> new ArrayList<>());
    switch (words[0]) {
      case "-A" -> rules.add(words[2]);
      case "-I" -> {
        String[] insertion = words[2].split(" ", 2);
        rules.add(Integer.parseInt(insertion[0]) - 1, insertion[1]);
      }
      case "-D" -> rules.remove(words[2]);
      case "-X" -> chains.remove(words[1]);
      default -> {}
    }
  }

  @Override
  public void start(ToolCall call) {}

  @Override
  public boolean has(String tool) {
    return true;
  }

  @Override
  public void awaitOrphans() {}

  @Override
  public Scratch scratch() {
    var host = new TrainingHost();
    return new Scratch() {
      @Override
      public Host host() {
        return host;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Identity identity() {
    return new Identity("host", true, "training", "");
  }

  @Override
  public String name() {
    return "training";
  }

  @Override
  public int cpus() {
    return 1;
  }

  @Override
  public List<Capability> lacking(List<Capability> capabilities) {
    return List.of();
  }

  @Override
  public String liveKubeProxy() {
    return "";
  }

  @Override
  public Instant now() {
    return Instant.EPOCH;
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime());
  }
}
