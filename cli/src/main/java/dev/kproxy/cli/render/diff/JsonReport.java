package dev.kproxy.cli.render.diff;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import dev.kproxy.cli.render.JsonDocument;
import dev.kproxy.cli.render.TextArray;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// A report as JSON (`kproxy/v1/diff`). Its witnesses are packets as `kproxy trace packet
/// --packets` reads them.
public final class JsonReport implements ReportFormat {
  /// What is undetermined holds other outcomes, to any depth.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .build();

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    try (JsonGenerator json = JsonDocument.begin(JSON, out, "kproxy/v1/diff")) {
      json.writeStringField("compared", report.isText() ? "text" : "packets");
      json.writeStringField("old", report.before());
      json.writeStringField("new", report.after());
      json.writeBooleanField("same", report.isEmpty());
      json.writeStringField("summary", report.summary());
      json.writeArrayFieldStart("sections");
      for (Report.Section section : report.sections()) {
        write(section, json);
      }
      json.writeEndArray();
      JsonDocument.end(json);
    }
  }

  private static void write(Report.Section section, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("title", section.title());
    if (!section.service().isEmpty()) {
      json.writeStringField("service", section.service());
      json.writeStringField("protocol", section.protocol());
    }
    json.writeArrayFieldStart("findings");
    for (Finding finding : section.findings()) {
      json.writeStartObject();
      json.writeStringField("kind", finding.kind().toString());
      json.writeStringField("message", finding.message());
      json.writeBooleanField("exact", finding.isExact());
      TextArray.write(json, "details", finding.details());
      if (finding.location().isPresent()) {
        json.writeObjectFieldStart("location");
        json.writeStringField("file", finding.location().get().file());
        json.writeNumberField("line", finding.location().get().line());
        json.writeEndObject();
      }
      if (finding.evidence().isPresent()) {
        write(finding.evidence().get(), json);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Finding.Evidence evidence, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("witness");
    json.writeFieldName("packet");
    write(evidence.packet(), json);
    outcomes("before", evidence.before(), json);
    outcomes("after", evidence.after(), json);
    json.writeEndObject();
  }

  private static void write(Packet packet, JsonGenerator json) throws IOException {
    json.writeStartObject();
    boolean local = packet.origin() == Packet.Origin.LOCAL;
    switch (packet.header().transport()) {
      case Transport.Ports(Protocol protocol, int source, int destination) -> {
        json.writeStringField("protocol", protocol.lowerCase());
        addresses(packet, json);
        json.writeNumberField("sport", source);
        json.writeNumberField("dport", destination);
      }
      case Transport.Icmp(int type, int code) -> icmp(packet, type, code, json);
      case Transport.Icmp6(int type, int code) -> icmp(packet, type, code, json);
    }
    json.writeStringField("origin", local ? "local" : "forward");
    if (packet.in().isPresent()) {
      json.writeStringField("in", packet.in().get());
    }
    json.writeStringField("state", packet.state().name());
    json.writeEndObject();
  }

  private static void icmp(Packet packet, int type, int code, JsonGenerator json)
      throws IOException {
    json.writeStringField("protocol", "icmp");
    addresses(packet, json);
    json.writeStringField("icmpType", Integer.toString(type));
    json.writeNumberField("icmpCode", code);
  }

  private static void addresses(Packet packet, JsonGenerator json) throws IOException {
    json.writeStringField("src", packet.header().source().toString());
    json.writeStringField("dst", packet.header().destination().toString());
  }

  private static void outcomes(String field, List<Outcome> outcomes, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Outcome outcome : outcomes) {
      json.writeStartObject();
      json.writeStringField("probability", outcome.probability().toString());
      switch (outcome.verdict()) {
        case Verdict.Accept() -> json.writeStringField("verdict", "accept");
        case Verdict.Drop() -> json.writeStringField("verdict", "drop");
        case Verdict.Reject(String with) -> {
          json.writeStringField("verdict", "reject");
          json.writeStringField("rejectWith", with);
        }
        case Verdict.Undetermined(
                Verdict.Why why,
                _,
                _,
                List<Outcome> ifTrue,
                List<Outcome> ifFalse) -> {
          json.writeStringField("verdict", "undetermined");
          json.writeStringField("why", why.text());
          outcomes("ifTrue", ifTrue, json);
          outcomes("ifFalse", ifFalse, json);
        }
      }
      json.writeStringField("delivery", outcome.delivery().lowerCase());
      translation("dnat", outcome.dnat(), json);
      translation("snat", outcome.snat(), json);
      json.writeStringField("mark", "0x" + Integer.toHexString(outcome.mark()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void translation(String field, Optional<Translation> to, JsonGenerator json)
      throws IOException {
    if (to.isPresent()) {
      json.writeStringField(field, to.get().toString());
    } else {
      json.writeNullField(field);
    }
  }
}
