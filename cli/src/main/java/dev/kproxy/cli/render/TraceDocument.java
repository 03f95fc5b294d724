package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.cli.trace.PacketLine;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// The JSON of `kproxy trace packet -o json` (`kproxy/v1/trace`): one document, or one result a
/// line.
public final class TraceDocument {
  /// What is undetermined holds other outcomes, to any depth.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .build();

  private final Names names;
  private final boolean paths;
  private final JsonGenerator json;

  /// A writer of documents and lines.
  ///
  /// @param names what addresses are called
  /// @param paths whether the paths are written
  public TraceDocument(Names names, boolean paths, OutputStream out) throws IOException {
    this.names = names;
    this.paths = paths;
    this.json = JSON.createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    json.setRootValueSeparator(null);
  }

  /// Writes a document and a line end.
  public void write(Trace trace) throws IOException {
    json.useDefaultPrettyPrinter();
    json.writeStartObject();
    json.writeStringField("schema", "kproxy/v1/trace");
    writeRest(trace);
  }

  /// Writes the result of one line, and a line end.
  public void write(PacketLine line, Trace trace) throws IOException {
    json.writeStartObject();
    json.writeFieldName("id");
    if (line.numeric()) {
      json.writeNumber(line.id());
    } else {
      json.writeString(line.id());
    }
    writeRest(trace);
  }

  private void writeRest(Trace trace) throws IOException {
    writePacket(trace.packet().header());
    writeOutcomes("outcomes", trace.packet().header(), trace.outcomes());
    json.writeArrayFieldStart("affinity");
    for (Trace.Affinity affinity : trace.affinity()) {
      json.writeStartObject();
      json.writeStringField("list", affinity.list());
      json.writeNumberField("seconds", affinity.seconds());
      writeTranslation("dnat", affinity.dnat());
      json.writeEndObject();
    }
    json.writeEndArray();
    TextArray.write(json, "notes", names.notes(trace));
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  private void writePacket(Header header) throws IOException {
    json.writeObjectFieldStart("packet");
    switch (header.transport()) {
      case Transport.Ports(var protocol, int source, int destination) -> {
        json.writeStringField("protocol", protocol.lowerCase());
        json.writeStringField("src", header.source().toString());
        json.writeNumberField("sport", source);
        json.writeStringField("dst", header.destination().toString());
        json.writeNumberField("dport", destination);
      }
      case Transport.Icmp(int type, int code) -> writeIcmp(header, type, code);
      case Transport.Icmp6(int type, int code) -> writeIcmp(header, type, code);
    }
    json.writeEndObject();
  }

  private void writeIcmp(Header header, int type, int code) throws IOException {
    json.writeStringField("protocol", "icmp");
    json.writeStringField("src", header.source().toString());
    json.writeStringField("dst", header.destination().toString());
    json.writeNumberField("icmpType", type);
    json.writeNumberField("icmpCode", code);
  }

  private void writeOutcomes(String field, Header sent, List<Outcome> outcomes) throws IOException {
    json.writeArrayFieldStart(field);
    for (Outcome outcome : outcomes) {
      writeOutcome(sent, outcome);
    }
    json.writeEndArray();
  }

  private void writeOutcome(Header sent, Outcome outcome) throws IOException {
    json.writeStartObject();
    json.writeStringField("probability", outcome.probability().toString());
    json.writeNumberField("value", outcome.probability().doubleValue());
    json.writeStringField("share", outcome.share().toString());
    writeVerdict(sent, outcome.verdict());
    json.writeStringField("delivery", outcome.delivery().lowerCase());
    writePacket(outcome.packet());
    writeTranslation("dnat", outcome.dnat());
    writeTranslation("snat", outcome.snat());
    json.writeStringField("mark", "0x" + Integer.toHexString(outcome.mark()));
    Optional<String> service = names.service(sent, outcome);
    if (service.isPresent()) {
      json.writeStringField("service", service.get());
    }
    if (paths) {
      json.writeArrayFieldStart("path");
      for (Step step : outcome.path()) {
        writeStep(step, sent.family());
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void writeVerdict(Header sent, Verdict verdict) throws IOException {
    switch (verdict) {
      case Verdict.Accept() -> json.writeStringField("verdict", "accept");
      case Verdict.Drop() -> json.writeStringField("verdict", "drop");
      case Verdict.Reject(String with) -> {
        json.writeStringField("verdict", "reject");
        json.writeStringField("rejectWith", with);
      }
      case Verdict.Undetermined(
              Verdict.Why why,
              _,
              Optional<Step.Place> at,
              List<Outcome> ifTrue,
              List<Outcome> ifFalse) -> {
        json.writeStringField("verdict", "undetermined");
        json.writeStringField("why", why.text());
        Optional<String> hint = Hint.of(why.missing());
        if (hint.isPresent()) {
          json.writeStringField("hint", hint.get());
        }
        if (at.isPresent()) {
          json.writeObjectFieldStart("rule");
          writePlace(at.get(), sent.family());
          json.writeEndObject();
        }
        writeOutcomes("ifTrue", sent, ifTrue);
        writeOutcomes("ifFalse", sent, ifFalse);
      }
    }
  }

  private void writeTranslation(String field, Optional<Translation> translation)
      throws IOException {
    if (translation.isPresent()) {
      json.writeStringField(field, translation.get().toString());
    } else {
      json.writeNullField(field);
    }
  }

  private void writeStep(Step step, Family family) throws IOException {
    json.writeStartObject();
    switch (step) {
      case Step.Hit(Step.Place place, String action, _, _) -> {
        writePlace(place, family);
        json.writeStringField("action", action);
      }
      case Step.Policy(var hook, String table, String action, _, _) -> {
        json.writeStringField("hook", hook.name());
        json.writeStringField("table", table);
        json.writeStringField("chain", hook.name());
        json.writeStringField("action", "policy " + action);
      }
      case Step.Kernel(var hook, String action, _, _) -> {
        json.writeStringField("hook", hook.name());
        json.writeStringField("action", action);
      }
    }
    json.writeEndObject();
  }

  private void writePlace(Step.Place place, Family family) throws IOException {
    json.writeStringField("hook", place.hook().name());
    json.writeStringField("table", place.table());
    json.writeStringField("chain", place.chain());
    json.writeNumberField("rule", place.number());
    if (place.line() > 0) {
      json.writeNumberField("line", place.line());
    }
    json.writeStringField(
        "text", IptablesPrinter.print(family, place.chain(), place.rule(), Spelling.SAVE));
  }
}
