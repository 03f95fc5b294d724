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
    List<String> words = new ArrayList<>(List.of("-e"));
    words.addAll(names);
    // Its exit status does not tell whether all were there.
    ToolResult result = host.run(ToolCall.reading("sysctl", words.toArray(String[]::new)));
    Map<String, String> values = new TreeMap<>();
    for (String line : result.output().lines().toList()) {
      int equals = line.indexOf(" = ");
      if (equals > 0 && names.contains(line.substring(0, equals))) {
        values.put(line.substring(0, equals), line.substring(equals + 3).strip());
      }
    }
    return values;
  }

  /// Whether a setting may be written here; some belong to the first network namespace.
  public boolean mayBeSet(String name) throws HostFault {
    String file = "/proc/sys/" + name.replace('.', '/');
    return host.run(ToolCall.reading("test", "-w", file)).status() == 0;
  }

  /// Writes a setting.
  ///
  /// @return whether it has the value now; the tool's exit status does not tell
  public boolean set(String name, String value) throws HostFault {
    host.run(ToolCall.writing("sysctl", "-q", "-w", name + "=" + value));
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
