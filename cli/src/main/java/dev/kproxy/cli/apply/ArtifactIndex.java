package dev.kproxy.cli.apply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kproxy.host.flow.ServicePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the `kproxy.json` of a directory of artifacts says.
///
/// @param fields its texts, by name
/// @param families the families
/// @param files the SHA-256 of each file, by name
///
/// @param services the Service ports
record ArtifactIndex(
    Map<String, String> fields,
    List<String> families,
    Map<String, String> files,
    List<ServicePort> services) {
  /// Reads it; what a newer kproxy may write beside what is known here is passed over.
  ///
  /// @throws IOException where it is no JSON
  static ArtifactIndex parse(String text) throws IOException {
    Map<String, String> fields = new HashMap<>();
    Map<String, String> files = new LinkedHashMap<>();
    List<String> families = new ArrayList<>();
    List<ServicePort> services = new ArrayList<>();
    String file = "";
    String list = "";
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        String name = Objects.requireNonNullElse(json.currentName(), list);
        if (token == JsonToken.START_ARRAY && name.equals("services")) {
          services.addAll(ServicePorts.read(json));
        } else if (token == JsonToken.START_ARRAY) {
          list = name;
        } else if (token == JsonToken.END_ARRAY) {
          list = "";
        } else if (token == JsonToken.VALUE_STRING) {
          switch (list) {
            case "families" -> families.add(json.getText());
            case "files" -> {
              if (name.equals("file")) {
                file = json.getText();
              } else if (name.equals("sha256")) {
                files.put(file, json.getText());
              }
            }
            default -> fields.putIfAbsent(name, json.getText());
          }
        }
      }
    }
    return new ArtifactIndex(fields, families, files, services);
  }

  /// A text; empty where it is missing.
  String get(String name) {
    return fields.getOrDefault(name, "");
  }
}
