package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.ServiceChange;
import dev.kproxy.host.rules.HookChange;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/// The JSON document of `kproxy apply --plan -o json` (`kproxy/v1/plan`).
public final class PlanDocument {
  private final List<Diagnostic> notes;

  /// A document with these notes.
  public PlanDocument(List<Diagnostic> notes) {
    this.notes = notes;
  }

  /// Writes the document and a line end.
  ///
  /// @param time how long an apply takes
  public void write(Plan plan, Duration time, OutputStream out) throws IOException {
    try (JsonGenerator json = JsonDocument.begin(out, "kproxy/v1/plan")) {
      json.writeNumberField("predictedSeconds", time.toMillis() / 1000.0);
      json.writeFieldName("plan");
      write(plan, json);
      writeNotes(notes, json);
      JsonDocument.end(json);
    }
  }

  /// The plan as an object.
  public static void write(Plan plan, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("changes", !plan.isEmpty());
    json.writeArrayFieldStart("tables");
    for (Plan.Step step : plan.tables()) {
      write(step.change(), json);
    }
    json.writeEndArray();
    new BalancerPlan(plan.balancer()).write(json);
    json.writeArrayFieldStart("sysctls");
    for (var setting : plan.sysctls().entrySet()) {
      json.writeStartObject();
      json.writeStringField("name", setting.getKey());
      json.writeStringField("before", setting.getValue().before());
      json.writeStringField("after", setting.getValue().after());
      json.writeEndObject();
    }
    json.writeEndArray();
    TextArray.write(json, "countersAdded", plan.counters());
    TextArray.write(json, "countersRemoved", plan.dropped());
    json.writeBooleanField("staleFlowsEnd", plan.flows());
    json.writeArrayFieldStart("services");
    for (ServiceChange service : plan.effect().services()) {
      json.writeStartObject();
      json.writeStringField("name", service.name());
      json.writeStringField(
          "change", service.isAdded() ? "added" : service.isRemoved() ? "removed" : "changed");
      TextArray.write(json, "endpointsAdded", service.endpointsAdded());
      TextArray.write(json, "endpointsRemoved", service.endpointsRemoved());
      TextArray.write(json, "trafficAdded", service.capturesAdded());
      TextArray.write(json, "trafficRemoved", service.capturesRemoved());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(TableChange change, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("family", change.key().family().toString());
    json.writeStringField("table", change.key().table());
    TextArray.write(json, "added", change.added().keySet());
    TextArray.write(json, "changed", change.changed().keySet());
    TextArray.write(json, "removed", change.removed());
    json.writeArrayFieldStart("hooks");
    for (HookChange hook : change.hooks()) {
      json.writeStartObject();
      json.writeStringField("chain", hook.chain());
      TextArray.write(json, "removed", hook.deleted());
      TextArray.write(
          json, "added", hook.inserted().stream().map(HookChange.Insertion::rule).toList());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /// The notes as a field of the open object.
  public static void writeNotes(List<Diagnostic> notes, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("notes");
    for (Diagnostic note : notes) {
      json.writeStartObject();
      json.writeStringField("code", note.code().toString());
      json.writeStringField("object", note.object());
      json.writeStringField("message", note.message());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
