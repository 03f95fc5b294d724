package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.ipvs.ServerChange;
import dev.kproxy.host.ipvs.SetChange;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.RealServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// The part of a plan that is about sets, virtual servers and addresses, for people and as JSON.
final class BalancerPlan {
  private final BalancerChange change;
  private final List<String> lines = new ArrayList<>();

  BalancerPlan(BalancerChange change) {
    this.change = change;
  }

  /// The lines for people; those that are no title are indented.
  List<String> lines() {
    title("sets", change.sets());
    change.sets().forEach(this::add);
    title("virtual servers", change.servers());
    change.servers().forEach(this::add);
    if (!change.bound().isEmpty()
        || !change.unbound().isEmpty()
        || change.interfaceAdded()
        || change.interfaceRemoved()) {
      lines.add("interface " + KubeProxyNames.INTERFACE);
      if (change.interfaceAdded()) {
        lines.add("  + the interface itself, of type dummy");
      }
      if (change.interfaceRemoved()) {
        lines.add("  - the interface itself");
      }
      change.bound().forEach(ip -> lines.add("  + " + ip));
      change.unbound().forEach(ip -> lines.add("  - " + ip));
    }
    return List.copyOf(lines);
  }

  private void title(String title, Collection<?> changes) {
    if (!changes.isEmpty()) {
      lines.add(title);
    }
  }

  private void add(SetChange set) {
    String name = set.set().name();
    int size = set.set().entries().size();
    switch (set.kind()) {
      case ADDED -> lines.add("  + " + name + " (" + count(size, "entry", "entries") + ")");
      case REMOVED -> lines.add("  - " + name);
      case REPLACED ->
          lines.add("  ~ " + name + ", exchanged for one with kube-proxy's own options");
      case CHANGED -> lines.add("  ~ " + name);
    }
    if (set.kind() == SetChange.Kind.CHANGED) {
      set.added().forEach(entry -> lines.add("      + " + IpsetPrinter.print(entry, set.set())));
      set.removed().forEach(entry -> lines.add("      - " + IpsetPrinter.print(entry, set.set())));
    }
  }

  private void add(ServerChange server) {
    String name = server.address().toString();
    String scheduler = " " + server.server().scheduler();
    switch (server.kind()) {
      case ADDED -> {
        int size = server.added().size();
        lines.add(
            "  + " + name + scheduler + " (" + count(size, "real server", "real servers") + ")");
        return;
      }
      case REMOVED -> {
        lines.add("  - " + name);
        return;
      }
      case CHANGED -> lines.add("  ~ " + name + scheduler);
      case KEPT -> lines.add("  ~ " + name);
    }
    server.added().forEach(real -> lines.add("      + " + real.socket()));
    server
        .changed()
        .forEach(real -> lines.add("      ~ " + real.socket() + " weight " + real.weight()));
    server.removed().forEach(real -> lines.add("      - " + real.socket()));
  }

  private static String count(int number, String one, String many) {
    return number == 1 ? "1 " + one : number + " " + many;
  }

  /// Writes it as fields of the open object.
  void write(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("sets");
    for (SetChange set : change.sets()) {
      json.writeStartObject();
      json.writeStringField("name", set.set().name());
      json.writeStringField("change", lowerCase(set.kind()));
      TextArray.write(
          json,
          "entriesAdded",
          set.added().stream().map(it -> IpsetPrinter.print(it, set.set())).toList());
      TextArray.write(
          json,
          "entriesRemoved",
          set.removed().stream().map(it -> IpsetPrinter.print(it, set.set())).toList());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("virtualServers");
    for (ServerChange server : change.servers()) {
      json.writeStartObject();
      json.writeStringField("address", server.address().toString());
      json.writeStringField("change", lowerCase(server.kind()));
      TextArray.write(
          json, "serversAdded", server.added().stream().map(RealServer::socket).toList());
      TextArray.write(
          json, "serversChanged", server.changed().stream().map(RealServer::socket).toList());
      TextArray.write(
          json, "serversRemoved", server.removed().stream().map(RealServer::socket).toList());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeBooleanField("interfaceAdded", change.interfaceAdded());
    json.writeBooleanField("interfaceRemoved", change.interfaceRemoved());
    TextArray.write(json, "addressesAdded", change.bound());
    TextArray.write(json, "addressesRemoved", change.unbound());
  }

  private static String lowerCase(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
