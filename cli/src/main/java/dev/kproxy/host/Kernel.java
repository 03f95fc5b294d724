package dev.kproxy.host;

import dev.kproxy.host.HostFault.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Settings and accounting objects of a host.
public final class Kernel {
  /// What the names of the time-outs of IPVS begin with. They are no sysctls, but settings all the
  /// same.
  public static final String IPVS_TIMEOUT = "ipvs.timeout.";

  private static final List<String> IPVS_TIMEOUTS = List.of("tcp", "tcpfin", "udp");

  private final Host host;

  /// Those of a host.
  public Kernel(Host host) {
    this.host = host;
  }

  /// The values of settings; those that this kernel does not have are left out.
  ///
  /// @throws HostFault where the tool tells neither a value nor that there is none
  public Map<String, String> settings(Collection<String> names) throws HostFault {
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, String> values = new TreeMap<>();
    List<String> sysctls = new ArrayList<>(names);
    if (sysctls.removeIf(name -> name.startsWith(IPVS_TIMEOUT))) {
      values.putAll(timeouts());
      values.keySet().retainAll(names);
    }
    if (!sysctls.isEmpty()) {
      values.putAll(sysctls(sysctls));
    }
    return values;
  }

  private Map<String, String> sysctls(List<String> names) throws HostFault {
    ToolCall call = ToolCall.reading("sysctl", names.toArray(String[]::new));
    ToolResult result = host.run(call);
    Map<String, String> values = new TreeMap<>();
    for (String line : result.output().lines().toList()) {
      int equals = line.indexOf(" = ");
      if (equals > 0 && names.contains(line.substring(0, equals))) {
        values.put(line.substring(0, equals), line.substring(equals + 3).strip());
      }
    }
    for (String name : names) {
      if (!values.containsKey(name) && !result.errors().contains(file(name))) {
        throw result.fault(call);
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

  private static String file(String name) {
    return "/proc/sys/" + name.replace('.', '/');
  }

  /// Whether a setting may be written here; some belong to the first network namespace.
  public boolean mayBeSet(String name) throws HostFault {
    if (name.startsWith(IPVS_TIMEOUT)) {
      return true;
    }
    List<String> words =
        List.of(file(name), "-writable", "-printf", "writable", "-o", "-printf", "read-only");
    String answer = host.require(ToolCall.reading("find", words.toArray(String[]::new))).output();
    return switch (answer) {
      case "writable" -> true;
      case "read-only" -> false;
      default ->
          throw new HostFault(Kind.TOOL, "find does not tell whether " + name + " may be set");
    };
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

  /// Those of some accounting objects that are there.
  ///
  /// @throws HostFault where the tool tells of one neither that it is there nor that it is not
  public List<String> counters(List<String> names) throws HostFault {
    List<String> there = new ArrayList<>();
    for (String name : names) {
      ToolCall call = ToolCall.reading("nfacct", "get", name);
      ToolResult result = host.run(call);
      if (result.output().contains("= " + name + ";")) {
        there.add(name);
      } else if (!result.errors().contains("No such file")) {
        throw result.fault(call);
      }
    }
    return there;
  }

  /// Makes accounting objects that are not there yet.
  public void count(List<String> names) throws HostFault {
    List<String> there = counters(names);
    for (String name : names) {
      if (!there.contains(name)) {
        host.require(ToolCall.writing("nfacct", "add", name));
      }
    }
  }

  /// Deletes accounting objects that are there.
  ///
  /// @throws HostFault where one is there still; the tool's exit status alone does not tell
  public void stopCounting(List<String> names) throws HostFault {
    List<String> there = counters(names);
    String words = "";
    for (String name : there) {
      words += host.run(ToolCall.writing("nfacct", "delete", name)).errors();
    }
    List<String> left = counters(there);
    if (!left.isEmpty()) {
      String said = words.lines().findFirst().map(line -> "; it said: " + line).orElse("");
      throw new HostFault(
          Kind.TOOL, "nfacct deletes, but there still is " + String.join(" ", left) + said);
    }
  }
}
