package dev.kproxy.manifest.read;

import dev.kproxy.manifest.EndpointSlice;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Manifests.ConfigurationDocument;
import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.ServiceCidr;
import dev.kproxy.manifest.fields.Content;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Notes;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.manifest.fields.WrappedConfiguration;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Turns the objects of the cluster input into records, one by one, and says what is wrong with
/// them.
///
/// What no API server can have stored is a fault; what one may have stored long ago is read as
/// kube-proxy reads it, with a note. Where a value would pass the API server but no rule could hold
/// it, kproxy is the stricter one.
public final class ManifestReader {
  private static final String CONFIGURATION = "KubeProxyConfiguration";
  private static final String CONFIGURATION_VERSION = "kubeproxy.config.k8s.io/v1alpha1";

  /// How many kinds the note on skipped ones names.
  private static final int KINDS_SHOWN = 20;

  private final Consumer<Diagnostic> diagnostics;
  private final Notes notes;
  private final TreeMap<String, Integer> skipped = new TreeMap<>();
  private final Kept<Service> services;
  private final Kept<EndpointSlice> slices;
  private final Kept<Endpoints> endpoints;
  private final Kept<Node> nodes;
  private final Kept<ServiceCidr> serviceCidrs;
  private Optional<ConfigurationDocument> configuration = Optional.empty();
  private int objects;

  /// A reader that reports to `diagnostics`.
  public ManifestReader(Consumer<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
    notes = new Notes(diagnostics);
    Pool pool = new Pool();
    services = new Kept<>(Kind.SERVICE, new ServiceReader(pool)::read, notes);
    slices = new Kept<>(Kind.ENDPOINT_SLICE, new EndpointSliceReader(pool)::read, notes);
    endpoints = new Kept<>(Kind.ENDPOINTS, new EndpointsReader(pool)::read, notes);
    nodes = new Kept<>(Kind.NODE, new NodeReader()::read, notes);
    serviceCidrs = new Kept<>(Kind.SERVICE_CIDR, new ServiceCidrReader()::read, notes);
  }

  /// Takes the objects of a file, and what is wrong with its text. A key that stands twice is no
  /// fault in an object that is skipped.
  public DocumentReader.Sink in(String file) {
    return new DocumentReader.Sink() {
      @Override
      public void object(Value.Mapping object) {
        accept(object, file);
      }

      @Override
      public void object(Value.Mapping object, List<Diagnostic> twice) {
        if (accept(object, file)) {
          twice.forEach(diagnostics);
        }
      }

      @Override
      public void problem(Diagnostic problem) {
        diagnostics.accept(problem);
      }
    };
  }

  /// Reads one object, of any kind.
  ///
  /// @param object the object, with its `kind` and `apiVersion`
  /// @param file the name of the file that it stands in, for diagnostics
  /// @return whether it counts; else it is skipped
  public boolean accept(Value.Mapping object, String file) {
    objects++;
    Location location = new Location(file, object.line(), object.column());
    String kind = Fields.text(object, "kind");
    String version = Fields.text(object, "apiVersion");
    if (kind.isEmpty() || version.isEmpty()) {
      String missing = kind.isEmpty() ? "kind" : "apiVersion";
      fault(Code.NOT_AN_OBJECT, location, "", "an object must have a text as its " + missing);
      return true;
    }
    Optional<Kind> known = Kind.parse(kind);
    if (known.isPresent() && !isForeign(version)) {
      if (isRead(kind, version, known.get().versions(), location)) {
        keep(known.get(), object, location);
      }
      return true;
    }
    if (kind.equals(CONFIGURATION)) {
      if (isRead(kind, version, List.of(CONFIGURATION_VERSION), location)) {
        configure(object, location);
      }
      return true;
    }
    if (kind.equals("ConfigMap") && version.equals("v1")) {
      return configMap(object, location);
    }
    skip(kind, version, location);
    return false;
  }

  private void skip(String kind, String version, Location location) {
    Optional<Kind> meant = isForeign(version) ? Optional.empty() : Kind.guess(kind);
    if (meant.isPresent()) {
      String message = "no kind of Kubernetes, which has " + meant.get();
      fault(Code.NOT_AN_OBJECT, location, Quotation.bare(kind), message);
    } else {
      skipped.merge(Quotation.bare(kind), 1, Integer::sum);
    }
  }

  /// How many objects were given so far, of any kind.
  public int objects() {
    return objects;
  }

  /// Whether no object of a kind that makes rules was read so far.
  public boolean isEmpty() {
    return services.records().isEmpty()
        && slices.records().isEmpty()
        && endpoints.records().isEmpty()
        && nodes.records().isEmpty()
        && serviceCidrs.records().isEmpty();
  }

  /// Ends the reading: what only shows when all objects are known is reported now.
  public Manifests finish() {
    Claims.check(services.records(), notes);
    List<EndpointSlice> all = new ArrayList<>(slices.records());
    mirror(all);
    noteSkipped();
    notes.finish();
    return new Manifests(
        services.records(), all, nodes.records(), serviceCidrs.records(), configuration);
  }

  /// Whether an object belongs to an API of others that has a kind of the same name, as
  /// `serving.knative.dev/v1` has Services. Groups of Kubernetes have no dot, or end in `.k8s.io`.
  private static boolean isForeign(String version) {
    int slash = version.indexOf('/');
    String group = slash < 0 ? "" : version.substring(0, slash);
    return group.indexOf('.') >= 0 && (!group.endsWith(".k8s.io") || group.endsWith(".x-k8s.io"));
  }

  private boolean isRead(String kind, String version, List<String> versions, Location location) {
    if (versions.contains(version)) {
      return true;
    }
    String message = Quotation.bare(version) + " is not read; convert it to " + versions.getFirst();
    fault(Code.UNSUPPORTED_VERSION, location, kind, message);
    return false;
  }

  private void keep(Kind kind, Value.Mapping object, Location location) {
    switch (kind) {
      case SERVICE -> services.accept(object, location);
      case ENDPOINT_SLICE -> slices.accept(object, location);
      case ENDPOINTS -> endpoints.accept(object, location);
      case NODE -> nodes.accept(object, location);
      case SERVICE_CIDR -> serviceCidrs.accept(object, location);
    }
  }

  private boolean configMap(Value.Mapping object, Location location) {
    Optional<Value.Field> held = WrappedConfiguration.in(object);
    if (held.isPresent() && WrappedConfiguration.isNamed(object)) {
      configure(object, location);
      return true;
    }
    skip("ConfigMap", "v1", location);
    if (held.filter(WrappedConfiguration::saysSo).isPresent()) {
      String message = "holds a " + CONFIGURATION + " under another name: only --config takes it";
      notes.accept(
          new Diagnostic(
              Severity.NOTE,
              Code.PASSED_OVER,
              Optional.of(location),
              WrappedConfiguration.describe(object),
              "",
              message));
    }
    return false;
  }

  private void configure(Value.Mapping document, Location location) {
    if (configuration.isEmpty()) {
      configuration = Optional.of(new ConfigurationDocument(document, location));
      return;
    }
    ConfigurationDocument first = configuration.get();
    if (!Content.isSame(first.document(), document)) {
      String message =
          "kube-proxy has one, and another with other content is at " + first.location();
      fault(Code.CONFLICT, location, CONFIGURATION, message);
    }
  }

  /// Adds the slices of Endpoints whose Service exists and has no slice of its own.
  ///
  /// kube-proxy reads no Endpoints. Where a namespace has EndpointSlices, its manifests are taken
  /// for what a cluster has, which mirrored there what it mirrors; an Endpoints object without
  /// slices then means what it means to kube-proxy, nothing, and a note says so. The slice of the
  /// Service `default/kubernetes` is no mirror: every cluster has it.
  private void mirror(List<EndpointSlice> all) {
    Set<String> sliced = new HashSet<>();
    Set<String> namespaces = new HashSet<>();
    for (EndpointSlice slice : all) {
      sliced.add(slice.namespacedService());
      namespaces.add(slice.namespace());
    }
    Map<String, Service> byName = new HashMap<>();
    services.records().forEach(s -> byName.put(s.namespacedName(), s));
    for (Endpoints given : endpoints.records()) {
      String key = given.namespace() + "/" + given.name();
      Service service = byName.get(key);
      if (service == null || sliced.contains(key)) {
        continue;
      }
      boolean mirrorable = given.mirrored() && !namespaces.contains(given.namespace());
      if (!mirrorable && given.isOfApiServer()) {
        note(Code.ASSUMED, given, "stands in for the EndpointSlice that the API server makes");
        all.addAll(Mirror.slices(given, notes));
        continue;
      }
      if (!given.mirrored()) {
        note(Code.PASSED_OVER, given, "says itself that it is not to be mirrored to slices");
        continue;
      }
      if (namespaces.contains(given.namespace())) {
        String message =
            "not mirrored: the namespace has EndpointSlices, and kube-proxy reads nothing else";
        note(Code.PASSED_OVER, given, message);
        continue;
      }
      if (service.hasSelector()) {
        String message = "stands in for the EndpointSlices that a cluster makes by the selector";
        note(Code.MIRRORED, given, message);
      }
      all.addAll(Mirror.slices(given, notes));
    }
  }

  private void noteSkipped() {
    if (skipped.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder("skipped, since they make no rules:");
    String separator = " ";
    int shown = 0;
    for (Map.Entry<String, Integer> kind : skipped.entrySet()) {
      if (shown++ == KINDS_SHOWN) {
        message.append(" and ").append(skipped.size() - KINDS_SHOWN).append(" more kinds");
        break;
      }
      message.append(separator).append(kind.getValue()).append(' ').append(kind.getKey());
      separator = ", ";
    }
    notes.accept(Diagnostic.note(Code.SKIPPED_KINDS, "", message.toString()));
  }

  private void fault(Code code, Location location, String object, String message) {
    notes.accept(new Diagnostic(Severity.ERROR, code, Optional.of(location), object, "", message));
  }

  private void note(Code code, Endpoints given, String message) {
    notes.accept(
        new Diagnostic(
            Severity.NOTE, code, Optional.of(given.location()), given.describe(), "", message));
  }
}
