package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.KubeVersion;
import dev.kproxy.compile.Style;
import dev.kproxy.compile.iptables.ChainNames;
import dev.kproxy.compile.iptables.ServiceChains;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.plan.EndpointSet.Fate;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The JSON document of `kproxy compile -o json` (`kproxy/v1/compile`).
public final class CompileDocument {
  private final KubeVersion version;
  private final Mode mode;
  private final NodeFacts node;
  private final Style style;
  private final String kproxy;
  private final ChainNames names = new ChainNames();

  /// A document of the rules of `node`.
  ///
  /// @param kproxy the version of kproxy
  public CompileDocument(
      KubeVersion version, Mode mode, NodeFacts node, Style style, String kproxy) {
    this.version = version;
    this.mode = mode;
    this.node = node;
    this.style = style;
    this.kproxy = kproxy;
  }

  /// Writes the document and a line end.
  public void write(
      List<Plan> plans, List<Artifact> artifacts, List<Diagnostic> notes, OutputStream out)
      throws IOException {
    JsonGenerator json = JsonDocument.begin(out, "kproxy/v1/compile");
    json.writeStringField("kproxy", kproxy);
    json.writeStringField("kubeProxy", version.toString());
    json.writeStringField("mode", mode.toString());
    json.writeStringField("style", style.toString());
    json.writeStringField("node", node.name());
    json.writeArrayFieldStart("families");
    for (Plan plan : plans) {
      json.writeString(plan.family().toString());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("artifacts");
    for (Artifact artifact : artifacts) {
      writeArtifact(json, artifact);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("servicePorts");
    for (Plan plan : plans) {
      for (ServicePlan service : plan.services()) {
        writeService(json, plan.family(), service);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("notes");
    for (Diagnostic note : notes) {
      writeNote(json, note);
    }
    json.writeEndArray();
    JsonDocument.end(json);
    json.close();
  }

  private static void writeArtifact(JsonGenerator json, Artifact artifact) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    artifact.content().writeTo(text);
    json.writeStartObject();
    json.writeStringField("artifact", artifact.kind().toString());
    json.writeStringField("file", artifact.kind().file());
    json.writeStringField("text", text.toString(StandardCharsets.UTF_8));
    json.writeEndObject();
  }

  private void writeService(JsonGenerator json, Family family, ServicePlan service)
      throws IOException {
    Frontend frontend = service.frontend();
    Optional<ServiceChains> chains =
        mode == Mode.IPTABLES ? Optional.of(new ServiceChains(service, names)) : Optional.empty();
    json.writeStartObject();
    json.writeStringField("name", frontend.name().text());
    json.writeStringField("namespace", frontend.name().namespace());
    json.writeStringField("service", frontend.name().service());
    json.writeStringField("portName", frontend.name().port());
    json.writeStringField("protocol", frontend.name().protocol().name());
    json.writeStringField("family", family.toString());
    json.writeStringField("clusterIP", frontend.clusterIp().toString());
    json.writeNumberField("port", frontend.port());
    if (frontend.nodePort() != 0) {
      json.writeNumberField("nodePort", frontend.nodePort());
    }
    TextArray.write(json, "externalIPs", frontend.externalIps());
    TextArray.write(json, "loadBalancerIPs", frontend.loadBalancerIps());
    TextArray.write(json, "chains", chains.map(ServiceChains::existing).orElse(List.of()));
    json.writeArrayFieldStart("endpoints");
    Set<String> reached = new HashSet<>();
    service.endpoints().reachable().forEach(endpoint -> reached.add(endpoint.address()));
    for (ServiceEndpoint endpoint : service.endpoints().all()) {
      writeEndpoint(json, chains, endpoint, service.endpoints().fate(endpoint, reached));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeEndpoint(
      JsonGenerator json, Optional<ServiceChains> chains, ServiceEndpoint endpoint, Fate fate)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("address", endpoint.address());
    if (!endpoint.inSlice().node().isEmpty()) {
      json.writeStringField("node", endpoint.inSlice().node());
    }
    json.writeStringField("fate", text(fate));
    if (fate == Fate.USED && chains.isPresent()) {
      json.writeStringField("chain", chains.get().endpoint(endpoint));
    }
    json.writeEndObject();
  }

  private static String text(Fate fate) {
    return switch (fate) {
      case USED -> "used";
      case NOT_READY -> "not ready";
      case TERMINATING -> "terminating";
      case OTHER_NODE -> "hinted for other nodes";
      case OTHER_ZONE -> "hinted for other zones";
      case NOT_LOCAL -> "on another node";
    };
  }

  private static void writeNote(JsonGenerator json, Diagnostic note) throws IOException {
    json.writeStartObject();
    json.writeStringField("code", note.code().toString());
    if (note.location().isPresent()) {
      Location at = note.location().get();
      json.writeStringField("file", at.file());
      json.writeNumberField("line", at.line());
      json.writeNumberField("column", at.column());
    }
    json.writeStringField("object", note.object());
    json.writeStringField("field", note.field());
    json.writeStringField("message", note.message());
    json.writeEndObject();
  }
}
