package dev.kproxy.cli.render.diff;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.cli.command.Version;
import dev.kproxy.net.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A report as SARIF 2.1.0, which code scanning of GitHub and others read.
public final class SarifReport implements ReportFormat {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("$schema", SCHEMA);
      json.writeStringField("version", "2.1.0");
      json.writeArrayFieldStart("runs");
      json.writeStartObject();
      tool(json);
      json.writeArrayFieldStart("results");
      for (Report.Section section : report.sections()) {
        for (Finding finding : section.findings()) {
          result(section, finding, json);
        }
      }
      json.writeEndArray();
      json.writeStringField("columnKind", "utf16CodeUnits");
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void tool(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("tool");
    json.writeObjectFieldStart("driver");
    json.writeStringField("name", "kproxy");
    json.writeStringField("version", Version.kproxy());
    json.writeArrayFieldStart("rules");
    for (Finding.Kind kind : Finding.Kind.values()) {
      json.writeStartObject();
      json.writeStringField("id", kind.toString());
      text("shortDescription", kind.description(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void result(Report.Section section, Finding finding, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("ruleId", finding.kind().toString());
    json.writeStringField("level", "warning");
    String details = finding.details().stream().map(it -> "\n" + it).collect(Collectors.joining());
    text("message", section.title() + ": " + finding.message() + details, json);
    Optional<String> uri = finding.location().flatMap(SarifReport::uri);
    if (uri.isPresent()) {
      json.writeArrayFieldStart("locations");
      json.writeStartObject();
      json.writeObjectFieldStart("physicalLocation");
      json.writeObjectFieldStart("artifactLocation");
      json.writeStringField("uri", uri.get());
      json.writeEndObject();
      json.writeObjectFieldStart("region");
      json.writeNumberField("startLine", finding.location().orElseThrow().line());
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void text(String field, String text, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("text", text);
    json.writeEndObject();
  }

  /// The file's name as a reference; standard input is no file.
  private static Optional<String> uri(Location location) {
    String scheme = location.file().startsWith("/") ? "file" : null;
    try {
      return List.of("-", "").contains(location.file())
          ? Optional.empty()
          : Optional.of(new URI(scheme, null, location.file(), null).toASCIIString());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
