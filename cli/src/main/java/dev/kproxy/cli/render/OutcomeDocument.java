package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// The JSON document of the commands that change a host (`kproxy/v1/outcome`).
public final class OutcomeDocument {
  private final String command;
  private final int exitCode;
  private final List<Diagnostic> notes;

  /// A document of what a command came to.
  public OutcomeDocument(String command, int exitCode, List<Diagnostic> notes) {
    this.command = command;
    this.exitCode = exitCode;
    this.notes = notes;
  }

  /// Writes the document and a line end.
  public void write(Outcome outcome, OutputStream out) throws IOException {
    String end =
        switch (outcome.end()) {
          case UNCHANGED -> "unchanged";
          case DONE -> "done";
          case PENDING -> "pending";
          case HALF -> "half applied";
          case ROLLED_BACK -> "rolled back";
        };
    write(end, outcome.message(), Optional.of(outcome.plan()), out);
  }

  /// Writes the document of a command that failed.
  public void writeFault(HostFault fault, OutputStream out) throws IOException {
    String end = fault.kind() == HostFault.Kind.REFUSED ? "refused" : "failed";
    write(end, fault.getMessage(), Optional.empty(), out);
  }

  private void write(String end, String message, Optional<Plan> plan, OutputStream out)
      throws IOException {
    try (JsonGenerator json = JsonDocument.begin(out, "kproxy/v1/outcome")) {
      json.writeStringField("command", command);
      json.writeStringField("outcome", end);
      json.writeNumberField("exitCode", exitCode);
      json.writeStringField("message", message);
      if (plan.isPresent()) {
        json.writeFieldName("plan");
        PlanDocument.write(plan.get(), json);
      }
      PlanDocument.writeNotes(notes, json);
      JsonDocument.end(json);
    }
  }
}
