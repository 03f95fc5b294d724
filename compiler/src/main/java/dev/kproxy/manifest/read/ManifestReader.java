package dev.kproxy.manifest.read;

import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Manifests.ConfigurationDocument;
import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.ServiceCidr;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Report;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Turns the objects of the cluster input into records, one by one, and says what is wrong with
/// them.
///
/// What the API server cannot have stored is a fault; what it may have stored long ago is read as
/// kube-proxy reads it.
public final class ManifestReader {
  private final Consumer<Diagnostic> diagnostics;
  private final Map<ObjectName, Seen> seen = new HashMap<>();
  private final TreeMap<String, Integer> skipped = new TreeMap<>();
  private final List<Service> services = new ArrayList<>();
  private final List<EndpointSlice> slices = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<ServiceCidr> serviceCidrs = new ArrayList<>();
  private Optional<ConfigurationDocument> configuration = Optional.empty();
  private final ServiceReader serviceReader;
  private final EndpointSliceReader sliceReader;
  private final NodeReader nodeReader = new NodeReader();
  private final ServiceCidrReader serviceCidrReader = new ServiceCidrReader();
  private int objects;

  private record Seen(Location location, long digest) {}

  /// A reader that reports to `diagnostics`.
  public ManifestReader(Consumer<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
    Pool pool = new Pool();
    serviceReader = new ServiceReader(pool);
    sliceReader = new EndpointSliceReader(pool);
  }

  /// Reads one object, of any kind.
  ///
  /// @param object the object, with its `kind` and `apiVersion`
  /// @param file the name of the file that it stands in, for diagnostics
  public void accept(Value.Mapping object, String file) {
    objects++;
    Fields head = Fields.of(object, new Report(file, "", diagnostics));
    String kind = head.text("kind");
    switch (kind) {
      case "Service", "EndpointSlice", "Endpoints", "Node", "ServiceCIDR" ->
          read(kind, object, file);
      case "KubeProxyConfiguration" -> configure(object, file);
      case "ConfigMap" -> {
        if (head.object("metadata").text("name").equals("kube-proxy")
            && head.object("data").has("config.conf")) {
          configure(object, file);
        } else {
          skipped.merge(kind, 1, Integer::sum);
        }
      }
      default -> skipped.merge(kind, 1, Integer::sum);
    }
  }

  /// How many objects were given so far, of any kind.
  public int objects() {
    return objects;
  }

  /// Ends the reading.
  public Manifests finish() {
    if (!skipped.isEmpty()) {
      String kinds =
          skipped.entrySet().stream()
              .map(e -> e.getValue() + " " + e.getKey())
              .collect(Collectors.joining(", "));
      diagnostics.accept(
          Diagnostic.note(Code.SKIPPED_KINDS, "", "skipped kinds that make no rules: " + kinds));
    }
    return new Manifests(services, slices, nodes, serviceCidrs, configuration);
  }

  private void read(String kind, Value.Mapping object, String file) {
    Fields metadata = Fields.of(object, new Report(file, kind, diagnostics)).object("metadata");
    boolean namespaced = !kind.equals("Node") && !kind.equals("ServiceCIDR");
    ObjectName name =
        new ObjectName(
            kind, namespaced ? metadata.text("namespace", "default") : "", metadata.text("name"));
    Report report = new Report(file, name.describe(), diagnostics);
    Location location = report.locate(object);
    Seen now = new Seen(location, Content.digest(object));
    Seen before = seen.putIfAbsent(name, now);
    if (before != null) {
      if (before.digest() != now.digest()) {
        Fields.of(object, report)
            .fault(Code.CONFLICT, "given already, with other content, at " + before.location());
      }
      return;
    }
    Fields fields = Fields.of(object, report);
    switch (kind) {
      case "Service" -> serviceReader.read(fields, name, location).ifPresent(services::add);
      case "EndpointSlice" -> sliceReader.read(fields, name, location).ifPresent(slices::add);
      case "Node" -> nodeReader.read(fields, name, location).ifPresent(nodes::add);
      case "ServiceCIDR" ->
          serviceCidrReader.read(fields, name, location).ifPresent(serviceCidrs::add);
      default -> {}
    }
  }

  private void configure(Value.Mapping object, String file) {
    Location location = new Location(file, object.line(), object.column());
    configuration = Optional.of(new ConfigurationDocument(object, location));
  }
}
