package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/// A JSON document of kproxy: an object that begins with the name of its schema, and a line end. To
/// close its writer leaves the stream open.
public final class JsonDocument {
  private JsonDocument() {}

  /// Begins a document.
  ///
  /// @param schema as `kproxy/v1/plan`
  public static JsonGenerator begin(OutputStream out, String schema) throws IOException {
    return begin(new JsonFactory(), out, schema);
  }

  /// Begins a document whose writer another factory makes.
  public static JsonGenerator begin(JsonFactory factory, OutputStream out, String schema)
      throws IOException {
    JsonGenerator json = factory.createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.useDefaultPrettyPrinter();
    json.writeStartObject();
    json.writeStringField("schema", schema);
    return json;
  }

  /// Ends the document.
  public static void end(JsonGenerator json) throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }
}
