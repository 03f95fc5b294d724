package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.host.Finding;
import dev.kproxy.host.plan.Status;
import dev.kproxy.host.state.Deadline;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// The JSON of `kproxy status -o json` (`kproxy/v1/status`).
public final class StatusDocument {
  private StatusDocument() {}

  /// Writes the document and a line end.
  public static void write(Status status, List<Diagnostic> notes, OutputStream out)
      throws IOException {
    try (JsonGenerator json = JsonDocument.begin(out, "kproxy/v1/status")) {
      json.writeBooleanField("applied", status.installed().isPresent());
      if (status.generation().isPresent()) {
        json.writeStringField("label", status.generation().get().label());
        json.writeStringField("backend", status.generation().get().backend().toString());
        json.writeStringField("source", status.generation().get().source());
      }
      if (status.installed().isPresent()) {
        json.writeStringField("id", status.installed().get().id());
        for (Deadline until : status.installed().get().confirmBy().stream().toList()) {
          json.writeStringField("confirmBy", until.time().toString());
        }
      }
      json.writeArrayFieldStart("findings");
      for (Finding finding : status.findings()) {
        json.writeStartObject();
        json.writeStringField("place", finding.place());
        json.writeStringField("message", finding.message());
        json.writeEndObject();
      }
      json.writeEndArray();
      PlanDocument.writeNotes(notes, json);
      JsonDocument.end(json);
    }
  }
}
