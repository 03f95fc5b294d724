package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.rules.TableKey;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is on a host, and the way back.
///
/// @param id the number of the apply that put it there
/// @param generation what is there
/// @param previous what was there before that; empty at a first apply
/// @param before what stood in the places of ours before kproxy came
/// @param epoch the epoch of the host that it was put there in
/// @param markers the generation that each table's marker names
/// @param sysctlsBefore the values before kproxy came, of the settings that it wrote
/// @param counters accounting objects that kproxy made
/// @param confirmBy until when a `confirm` is waited for
public record Installed(
    String id,
    String generation,
    Optional<String> previous,
    String before,
    String epoch,
    Map<TableKey, String> markers,
    Map<String, String> sysctlsBefore,
    List<String> counters,
    Optional<Deadline> confirmBy) {

  public Installed {
    markers = Collections.unmodifiableMap(new TreeMap<>(markers));
    sysctlsBefore = Collections.unmodifiableMap(new TreeMap<>(sysctlsBefore));
    counters = List.copyOf(counters);
  }

  /// The same, waiting for a `confirm` until then, or for none.
  public Installed waiting(Optional<Deadline> until) {
    return new Installed(
        id, generation, previous, before, epoch, markers, sysctlsBefore, counters, until);
  }

  /// The same with other generations.
  public Installed at(String address, String addressBefore) {
    return new Installed(
        id, address, previous, addressBefore, epoch, markers, sysctlsBefore, counters, confirmBy);
  }

  /// Whether it is that apply, and waits for a `confirm`.
  public boolean waits(String apply) {
    return id.equals(apply) && confirmBy.isPresent();
  }

  /// The marker of a table; empty where it has none.
  public Optional<String> marker(TableKey key) {
    return Optional.ofNullable(markers.get(key));
  }

  /// The generation to go back to: what was never confirmed is none. Empty where there is none.
  public Optional<String> confirmed() {
    return confirmBy.isPresent() ? previous : Optional.of(generation);
  }

  byte[] encode() {
    return fields().seal();
  }

  Fields fields() {
    Map<String, String> marked = new TreeMap<>();
    markers.forEach((key, marker) -> marked.put(key.toString(), marker));
    Fields fields =
        new Fields()
            .put("id", id)
            .put("generation", generation)
            .put("before", before)
            .put("boot", epoch)
            .put("counters", String.join("\n", counters))
            .putAll("marker", marked)
            .putAll("sysctl", sysctlsBefore);
    previous.ifPresent(address -> fields.put("previous", address));
    confirmBy.ifPresent(
        deadline -> {
          fields.put("confirm", deadline.time().toString());
          deadline.uptime().ifPresent(time -> fields.put("confirm-uptime", time.toString()));
        });
    return fields;
  }

  /// What a record says; empty where it is damaged.
  static Optional<Installed> decode(byte[] record) throws HostFault {
    return Fields.open(record).flatMap(Installed::of);
  }

  static Optional<Installed> of(Fields fields) {
    Map<TableKey, String> markers = new TreeMap<>();
    for (Map.Entry<String, String> marker : fields.all("marker").entrySet()) {
      Optional<TableKey> key = TableKey.parse(marker.getKey());
      if (key.isEmpty()) {
        return Optional.empty();
      }
      markers.put(key.get(), marker.getValue());
    }
    Optional<Duration> uptime = fields.find("confirm-uptime").map(Times::duration);
    Optional<Deadline> confirmBy =
        fields.find("confirm").flatMap(Times::parse).map(time -> new Deadline(time, uptime));
    if (fields.find("confirm").isPresent() && confirmBy.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Installed(
            fields.get("id"),
            fields.get("generation"),
            fields.find("previous"),
            fields.get("before"),
            fields.get("boot"),
            markers,
            fields.all("sysctl"),
            fields.get("counters").lines().toList(),
            confirmBy));
  }
}
