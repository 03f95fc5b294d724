package dev.kproxy.host.plan;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Settings and accounting objects of a host.
public final class Kernel {
  /// What the names of the time-outs of IPVS begin with. They are no sysctls, but settings all the
  /// same.
  public static final String IPVS_TIMEOUT = "ipvs.timeout.";

  private static final List<String> IPVS_TIMEOUTS = List.of("tcp", "tcpfin", "udp");

  private static final Pattern COUNTER = Pattern.compile("= ([^ ;]+);");

  private final Host host;

  /// Those of a host.
  public Kernel(Host host) {
    this.host = host;
  }

  /// The values of settings; those that this kernel does not have are left out.
  public Map<String, String> settings(Collection<String> names) throws HostFault {
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, String> values = new TreeMap<>();
    List<String> words = new ArrayList<>(List.of("-e"));
    names.stream().filter(name -> !name.startsWith(IPVS_TIMEOUT)).forEach(words::add);
    if (words.size() <= names.size()) {
      values.putAll(timeouts());
      values.keySet().retainAll(names);
    }
    if (words.size() == 1) {
      return values;
    }
    // Its exit status does not tell whether all were there.
    ToolResult result = host.run(ToolCall.reading("sysctl", words.toArray(String[]::new)));
    for (String line : result.output().lines().toList()) {
      int equals = line.indexOf(" = ");
      if (equals > 0 && names.contains(line.substring(0, equals))) {
        values.put(line.substring(0, equals), line.substring(equals + 3).strip());
      }
    }
    return values;
  }

  private Map<String, String> timeouts() throws HostFault {
    ToolResult shown = host.require(ToolCall.reading("ipvsadm", "-L", "--timeout"));
    String[] numbers = shown.output().replaceFirst("(?s).*: ", "").strip().split(" ", -1);
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i < IPVS_TIMEOUTS.size() && i < numbers.length; i++) {
      values.put(IPVS_TIMEOUT + IPVS_TIMEOUTS.get(i), numbers[i]);
    }
    return values;
  }

  /// Whether a setting may be written here; some belong to the first network namespace.
  public boolean mayBeSet(String name) throws HostFault {
    if (name.startsWith(IPVS_TIMEOUT)) {
      return true;
    }
    String file = "/proc/sys/" + name.replace('.', '/');
    return host.run(ToolCall.reading("test", "-w", file)).status() == 0;
  }

  /// Writes a setting.
  ///
  /// @return whether it has the value now; the tool's exit status does not tell
  public boolean set(String name, String value) throws HostFault {
    if (name.startsWith(IPVS_TIMEOUT)) {
      // A zero leaves what is set.
      List<String> words = new ArrayList<>(List.of("--set"));
      IPVS_TIMEOUTS.forEach(it -> words.add(name.equals(IPVS_TIMEOUT + it) ? value : "0"));
      host.run(ToolCall.writing("ipvsadm", words.toArray(String[]::new)));
    } else {
      host.run(ToolCall.writing("sysctl", "-q", "-w", name + "=" + value));
    }
    return value.equals(settings(List.of(name)).get(name));
  }

  /// The names of all accounting objects.
  public List<String> counters() throws HostFault {
    List<String> names = new ArrayList<>();
    Matcher matcher = COUNTER.matcher(host.require(ToolCall.reading("nfacct", "list")).output());
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /// Makes accounting objects that are not there yet.
  public void count(List<String> names) throws HostFault {
    if (!names.isEmpty()) {
      List<String> there = counters();
      for (String name : names) {
        if (!there.contains(name)) {
          host.require(ToolCall.writing("nfacct", "add", name));
        }
      }
    }
  }

  /// Deletes accounting objects that are there.
  public void stopCounting(List<String> names) throws HostFault {
    if (!names.isEmpty()) {
      List<String> there = counters();
      for (String name : names) {
        if (there.contains(name)) {
          host.require(ToolCall.writing("nfacct", "delete", name));
        }
      }
    }
  }
}
