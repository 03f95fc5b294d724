package dev.kproxy.cli;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Mapping;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.manifest.text.Value.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A cluster in two forms that say the same: its slices cut down to what an Endpoints object can
/// hold, and Endpoints objects instead of them.
///
/// An Endpoints object knows ready and not ready, the node's name and nothing else; so hints, other
/// conditions, slices without addresses, ports or a Service of theirs, and slices with a port
/// without a name beside others are left out of both forms. An address of a Service that is not
/// ready in one of its slices is not ready in any.
final class EndpointsForm {
  private final List<Mapping> others = new ArrayList<>();
  private final List<Mapping> slices = new ArrayList<>();
  private final Set<String> notReady = new HashSet<>();

  private EndpointsForm() {}

  static EndpointsForm of(List<Mapping> objects) {
    EndpointsForm form = new EndpointsForm();
    for (Mapping object : objects) {
      switch (text(object, "kind")) {
        case "EndpointSlice" -> form.add(object);
        case "Endpoints" -> {}
        default -> form.others.add(object);
      }
    }
    return form;
  }

  private void add(Mapping slice) {
    Mapping metadata = mapping(slice, "metadata").orElseThrow();
    Optional<Mapping> labels = mapping(metadata, "labels");
    boolean mirrorable =
        labels.isPresent()
            && !text(labels.get(), "kubernetes.io/service-name").isEmpty()
            && labels.get().get("service.kubernetes.io/headless").isEmpty()
            && !text(slice, "addressType").equals("FQDN")
            && !items(slice, "endpoints").isEmpty()
            && !items(slice, "ports").isEmpty()
            && areNamed(items(slice, "ports"))
            && items(slice, "ports").stream().allMatch(EndpointsForm::isPlainPort);
    if (mirrorable) {
      slices.add(slice);
      for (Value endpoint : items(slice, "endpoints")) {
        if (saysNotReady((Mapping) endpoint)) {
          notReady.add(service(slice) + " " + address(endpoint));
        }
      }
    }
  }

  /// An Endpoints object cannot have a port without a name beside others.
  private static boolean areNamed(List<Value> ports) {
    return ports.size() == 1
        || ports.stream().noneMatch(port -> text((Mapping) port, "name").isEmpty());
  }

  private static boolean isPlainPort(Value port) {
    String number = text((Mapping) port, "port");
    return !number.isEmpty() && !number.equals("0");
  }

  /// Everything but slices, and the slices cut down.
  List<Mapping> asSlices() {
    List<Mapping> objects = new ArrayList<>(others);
    for (Mapping slice : slices) {
      List<Value> endpoints = new ArrayList<>();
      for (Value endpoint : items(slice, "endpoints")) {
        List<Field> fields = new ArrayList<>();
        fields.add(field("addresses", list(string(address(endpoint)))));
        fields.add(field("conditions", object(field("ready", bool(isReady(slice, endpoint))))));
        String node = text((Mapping) endpoint, "nodeName");
        if (!node.isEmpty()) {
          fields.add(field("nodeName", string(node)));
        }
        endpoints.add(new Mapping(fields, 1, 1));
      }
      objects.add(with(slice, "endpoints", new Sequence(endpoints, 1, 1)));
    }
    return objects;
  }

  /// Everything but slices, and an Endpoints object for each Service that had any.
  List<Mapping> asEndpoints() {
    Map<String, List<Value>> subsets = new TreeMap<>();
    for (Mapping slice : slices) {
      subsets.computeIfAbsent(service(slice), _ -> new ArrayList<>()).add(subset(slice));
    }
    List<Mapping> objects = new ArrayList<>(others);
    subsets.forEach(
        (service, list) ->
            objects.add(
                object(
                    field("apiVersion", string("v1")),
                    field("kind", string("Endpoints")),
                    field(
                        "metadata",
                        object(
                            field("namespace", string(service.substring(0, service.indexOf('/')))),
                            field("name", string(service.substring(service.indexOf('/') + 1))))),
                    field("subsets", new Sequence(list, 1, 1)))));
    return objects;
  }

  private Mapping subset(Mapping slice) {
    List<Value> ready = new ArrayList<>();
    List<Value> notReady = new ArrayList<>();
    for (Value endpoint : items(slice, "endpoints")) {
      List<Field> fields = new ArrayList<>(List.of(field("ip", string(address(endpoint)))));
      String node = text((Mapping) endpoint, "nodeName");
      if (!node.isEmpty()) {
        fields.add(field("nodeName", string(node)));
      }
      (isReady(slice, endpoint) ? ready : notReady).add(new Mapping(fields, 1, 1));
    }
    List<Field> fields = new ArrayList<>();
    if (!ready.isEmpty()) {
      fields.add(field("addresses", new Sequence(ready, 1, 1)));
    }
    if (!notReady.isEmpty()) {
      fields.add(field("notReadyAddresses", new Sequence(notReady, 1, 1)));
    }
    fields.add(field("ports", new Sequence(items(slice, "ports"), 1, 1)));
    return new Mapping(fields, 1, 1);
  }

  private static String address(Value endpoint) {
    return ((Scalar) items((Mapping) endpoint, "addresses").getFirst()).text();
  }

  private boolean isReady(Mapping slice, Value endpoint) {
    return !notReady.contains(service(slice) + " " + address(endpoint));
  }

  private static boolean saysNotReady(Mapping endpoint) {
    return mapping(endpoint, "conditions")
        .map(conditions -> text(conditions, "ready"))
        .orElse("")
        .equals("false");
  }

  private static String service(Mapping slice) {
    Mapping metadata = mapping(slice, "metadata").orElseThrow();
    Mapping labels = mapping(metadata, "labels").orElseThrow();
    return text(metadata, "namespace") + "/" + text(labels, "kubernetes.io/service-name");
  }

  private static Optional<Mapping> mapping(Mapping object, String name) {
    return object.get(name).filter(Mapping.class::isInstance).map(Mapping.class::cast);
  }

  private static List<Value> items(Mapping object, String name) {
    return object.get(name).orElse(null) instanceof Sequence sequence
        ? sequence.items()
        : List.of();
  }

  private static String text(Mapping object, String name) {
    return object.get(name).orElse(null) instanceof Scalar scalar ? scalar.text() : "";
  }

  private static Mapping with(Mapping object, String name, Value value) {
    List<Field> fields = new ArrayList<>();
    for (Field field : object.fields()) {
      fields.add(field.name().equals(name) ? field(name, value) : field);
    }
    return new Mapping(fields, 1, 1);
  }

  private static Mapping object(Field... fields) {
    return new Mapping(List.of(fields), 1, 1);
  }

  private static Field field(String name, Value value) {
    return new Field(name, value, 1, 1);
  }

  private static Sequence list(Value... items) {
    return new Sequence(List.of(items), 1, 1);
  }

  private static Scalar string(String text) {
    return new Scalar(Kind.STRING, text, 1, 1);
  }

  private static Scalar bool(boolean value) {
    return new Scalar(Kind.BOOLEAN, Boolean.toString(value), 1, 1);
  }
}
