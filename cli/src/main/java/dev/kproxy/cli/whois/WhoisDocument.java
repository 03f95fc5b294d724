package dev.kproxy.cli.whois;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.cli.render.JsonDocument;
import dev.kproxy.cli.render.TextArray;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// The JSON of `kproxy whois -o json` (`kproxy/v1/whois`).
final class WhoisDocument {
  private WhoisDocument() {}

  static void write(List<Meaning> found, List<String> unknown, OutputStream out)
      throws IOException {
    try (JsonGenerator json = JsonDocument.begin(out, "kproxy/v1/whois")) {
      json.writeArrayFieldStart("names");
      for (Meaning meaning : found) {
        write(meaning, json);
      }
      json.writeEndArray();
      TextArray.write(json, "unknown", unknown);
      JsonDocument.end(json);
    }
  }

  private static void write(Meaning meaning, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", meaning.name());
    json.writeStringField("kind", meaning.isSet() ? "set" : "chain");
    if (meaning.port().isPresent()) {
      json.writeStringField("service", meaning.port().get().text());
      json.writeStringField("protocol", meaning.port().get().protocol().lowerCase());
    }
    if (meaning.endpoint().isPresent()) {
      json.writeStringField("endpoint", meaning.endpoint().get());
    }
    json.writeStringField("role", meaning.role());
    json.writeEndObject();
  }
}
