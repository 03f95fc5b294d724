package dev.kproxy.host.state;

import dev.kproxy.host.Backend;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All that kproxy has put, or will put, onto a host at one time, as the host's tools print it.
///
/// @param source what it was made of: the SHA-256 of the compiled artifacts
/// @param label what to call it: the node and the release of Kubernetes
/// @param backend whose spelling the rules have, and where they are
/// @param made when it was made
/// @param tables our chains, and of built-in chains our rules
/// @param sysctls settings by name
/// @param counters names of accounting objects that the rules count into
/// @param balancer what IPVS mode has beside tables
/// @param services what its Service ports are
public record Generation(
    String source,
    String label,
    Backend backend,
    Instant made,
    Map<TableKey, TableText> tables,
    Map<String, String> sysctls,
    List<String> counters,
    Balancer balancer,
    List<ServicePort> services) {

  public Generation {
    tables = Collections.unmodifiableMap(new TreeMap<>(tables));
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    counters = List.copyOf(counters);
    services = List.copyOf(services);
  }

  /// The table of that key; an empty one where there is none.
  public TableText table(TableKey key) {
    return tables.getOrDefault(key, TableText.EMPTY);
  }

  /// The families that have rules.
  public List<Family> families() {
    return tables.keySet().stream().map(TableKey::family).distinct().toList();
  }

  /// The same generation with other tables.
  public Generation withTables(Map<TableKey, TableText> others) {
    return new Generation(
        source, label, backend, made, others, sysctls, counters, balancer, services);
  }

  /// The same generation with another balancer.
  public Generation withBalancer(Balancer other) {
    return new Generation(source, label, backend, made, tables, sysctls, counters, other, services);
  }

  /// A record of it.
  public byte[] encode() {
    Fields fields =
        new Fields()
            .put("source", source)
            .put("label", label)
            .put("backend", backend.toString())
            .put("made", made.toString())
            .put("counters", String.join("\n", counters))
            .put("ipset", balancer.setsText())
            .put("ipvsadm", balancer.serversText())
            .put("ip", balancer.interfaceText())
            .put("services", ServicePort.print(services))
            .putAll("sysctl", sysctls);
    for (Family family : families()) {
      StringBuilder text = new StringBuilder();
      tables.forEach(
          (key, table) -> {
            if (key.family() == family) {
              RulesText.write(key.table(), table, text);
            }
          });
      fields.put("rules/" + family, text.toString());
    }
    return fields.seal();
  }

  /// The generation of a record; empty where it is damaged.
  static Optional<Generation> decode(byte[] record) throws HostFault {
    Optional<Fields> opened = Fields.open(record);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    Fields fields = opened.get();
    Map<TableKey, TableText> tables = new TreeMap<>();
    for (Family family : Family.values()) {
      String text = fields.all("rules").getOrDefault(family.toString(), "");
      tables.putAll(RulesText.read(family, text, "the state directory", Map.of()));
    }
    Optional<Backend> backend = Backend.parse(fields.get("backend"));
    Optional<Instant> made = Times.parse(fields.get("made"));
    Optional<List<ServicePort>> services = ServicePort.parse(fields.get("services"));
    if (backend.isEmpty() || made.isEmpty() || services.isEmpty()) {
      return Optional.empty();
    }
    List<String> counters = new ArrayList<>(fields.get("counters").lines().toList());
    return Optional.of(
        new Generation(
            fields.get("source"),
            fields.get("label"),
            backend.get(),
            made.get(),
            tables,
            fields.all("sysctl"),
            counters,
            Balancer.parse(
                fields.get("ipset"),
                fields.get("ipvsadm"),
                fields.get("ip"),
                "the state directory"),
            services.get()));
  }

  /// The SHA-256 of a record's content, by which it is found.
  static String address(byte[] record) {
    return Fields.digest(record);
  }
}
