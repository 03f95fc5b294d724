package dev.kproxy.cli.apply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.command.Version;
import dev.kproxy.cli.render.JsonDocument;
import dev.kproxy.cli.render.TextArray;
import dev.kproxy.compile.Style;
import dev.kproxy.host.flow.ServicePort;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The `kproxy.json` of a directory of artifacts, which says what they are.
///
/// @param fields its texts, by name
/// @param families the families
/// @param files the SHA-256 of each file, by name
/// @param services the Service ports
public record ArtifactIndex(
    Map<String, String> fields,
    List<String> families,
    Map<String, String> files,
    List<ServicePort> services) {
  /// The name of its file.
  public static final String FILE = "kproxy.json";

  static final String SCHEMA = "kproxy/v1/artifacts";

  /// Writes it.
  ///
  /// @param files the SHA-256 of each file, by name, in the order in which they load
  public static void write(
      Cluster cluster,
      Style style,
      Map<String, String> files,
      List<ServicePort> services,
      OutputStream out)
      throws IOException {
    try (JsonGenerator json = JsonDocument.begin(out, SCHEMA)) {
      json.writeStringField("kproxy", Version.kproxy());
      json.writeStringField("kubeProxy", cluster.version().toString());
      json.writeStringField("mode", cluster.configuration().mode().toString());
      json.writeStringField("style", style.toString());
      json.writeStringField("node", cluster.node().name());
      TextArray.write(json, "families", cluster.families());
      json.writeArrayFieldStart("files");
      for (Map.Entry<String, String> file : files.entrySet()) {
        json.writeStartObject();
        json.writeStringField("file", file.getKey());
        json.writeStringField("sha256", file.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
      ServicePorts.write(services, json);
      JsonDocument.end(json);
    }
  }

  /// The SHA-256 of each file that the index at `path` lists, by name; none where there is no index
  /// that can be read.
  public static Map<String, String> files(Path path) {
    Map<String, String> files = new HashMap<>();
    try (JsonParser json = new JsonFactory().createParser(path.toFile())) {
      String file = "";
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
          switch (String.valueOf(json.currentName())) {
            case "file" -> file = json.getText();
            case "sha256" -> files.put(file, json.getText());
            default -> {}
          }
        }
      }
      return files;
    } catch (IOException e) {
      return Map.of();
    }
  }

  /// Reads it; what a newer kproxy may write beside what is known here is passed over.
  ///
  /// @throws JsonProcessingException where it is no JSON
  /// @throws IOException where it says what no kproxy writes
  static ArtifactIndex parse(byte[] text) throws IOException {
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
