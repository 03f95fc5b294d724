package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A change of the host that has begun and not ended.
///
/// @param verb which command began it
/// @param epoch the epoch of the host that it began in
/// @param from what was on the host
/// @param to what shall be there
/// @param tables the tables that take part, and their markers
/// @param sysctls settings that are written, with the values before and after
/// @param counters accounting objects that are made
/// @param dropped accounting objects that go when nothing refers to them any more
/// @param flows whether stale UDP flows are ended
/// @param drain how long connections to what goes have time to end
/// @param next what is on the host when it has ended; empty where nothing of ours
public record Transaction(
    String verb,
    String epoch,
    String from,
    String to,
    Map<TableKey, Marker.Swap> tables,
    Map<String, Written> sysctls,
    List<String> counters,
    List<String> dropped,
    boolean flows,
    Duration drain,
    Optional<Installed> next) {

  /// A setting that is written.
  public record Written(String before, String after) {
    /// The way back.
    public Written reversed() {
      return new Written(after, before);
    }
  }

  public Transaction {
    tables = Collections.unmodifiableMap(new TreeMap<>(tables));
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    counters = List.copyOf(counters);
    dropped = List.copyOf(dropped);
  }

  /// The way back, as far as it is more than tables and settings.
  public Transaction reversed() {
    return new Transaction(
        verb,
        epoch,
        to,
        from,
        Map.of(),
        Map.of(),
        dropped,
        counters,
        false,
        drain,
        Optional.empty());
  }

  byte[] encode() {
    Fields fields =
        new Fields()
            .put("verb", verb)
            .put("boot", epoch)
            .put("from", from)
            .put("to", to)
            .put("counters", String.join("\n", counters))
            .put("dropped", String.join("\n", dropped))
            .put("flows", Boolean.toString(flows))
            .put("drain", drain.toString());
    tables.forEach(
        (key, swap) -> {
          fields.put("table/" + key, "");
          swap.from().ifPresent(marker -> fields.put("old/" + key, marker));
          swap.to().ifPresent(marker -> fields.put("new/" + key, marker));
          if (swap.damaged()) {
            fields.put("damaged/" + key, "");
          }
        });
    sysctls.forEach(
        (name, written) ->
            fields
                .put("sysctl-before/" + name, written.before())
                .put("sysctl-after/" + name, written.after()));
    next.ifPresent(
        installed -> fields.put("next", new String(installed.encode(), StandardCharsets.UTF_8)));
    return fields.seal();
  }

  /// What a record says; empty where it is damaged.
  static Optional<Transaction> decode(byte[] record) throws HostFault {
    Optional<Fields> opened = Fields.open(record);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    Fields fields = opened.get();
    Map<TableKey, Marker.Swap> tables = new TreeMap<>();
    for (String name : fields.all("table").keySet()) {
      Optional<TableKey> key = TableKey.parse(name);
      if (key.isEmpty()) {
        return Optional.empty();
      }
      tables.put(
          key.get(),
          new Marker.Swap(
              fields.find("old/" + name),
              fields.find("new/" + name),
              fields.find("damaged/" + name).isPresent()));
    }
    Map<String, Written> sysctls = new TreeMap<>();
    Map<String, String> after = fields.all("sysctl-after");
    fields
        .all("sysctl-before")
        .forEach(
            (name, before) ->
                sysctls.put(name, new Written(before, after.getOrDefault(name, before))));
    Optional<Installed> next = Optional.empty();
    if (fields.find("next").isPresent()) {
      next = Installed.decode(fields.get("next").getBytes(StandardCharsets.UTF_8));
      if (next.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new Transaction(
            fields.get("verb"),
            fields.get("boot"),
            fields.get("from"),
            fields.get("to"),
            tables,
            sysctls,
            fields.get("counters").lines().toList(),
            fields.get("dropped").lines().toList(),
            Boolean.parseBoolean(fields.get("flows")),
            Times.duration(fields.get("drain")),
            next));
  }
}
