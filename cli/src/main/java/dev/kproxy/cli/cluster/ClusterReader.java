package dev.kproxy.cli.cluster;

import dev.kproxy.cli.command.Console;
import dev.kproxy.compile.KubeVersion;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Manifests.ConfigurationDocument;
import dev.kproxy.manifest.config.ConfigurationReader;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.read.ManifestReader;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.plan.Allocator;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Remarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the cluster input: files in, a [Cluster] out, or a failure that has been explained.
public final class ClusterReader {
  private static final Set<String> LACKING = Set.of("nfacct", "random-fully");

  private final ClusterOptions options;
  private final Console console;
  private final InputFiles files;
  private final NodeDefaults defaults;
  private @Nullable List<Interface> interfaces;

  /// A reader of what the options name.
  public ClusterReader(ClusterOptions options, Console console, InputFiles files) {
    this(options, console, files, NodeDefaults.NONE);
  }

  /// A reader that takes what the options do not name from a host.
  public ClusterReader(
      ClusterOptions options, Console console, InputFiles files, NodeDefaults defaults) {
    this.options = options;
    this.console = console;
    this.files = files;
    this.defaults = defaults;
    if (options.addresses().isEmpty() && !defaults.interfaces().isEmpty()) {
      this.interfaces = defaults.interfaces();
    }
  }

  /// The interfaces of the node, where the options name a file of them, which is read once.
  public Optional<List<Interface>> interfaces() {
    if (interfaces == null && options.addresses().isPresent()) {
      String file = options.addresses().get();
      interfaces =
          files
              .text(file)
              .map(text -> InterfacesParser.parse(text, file, console))
              .orElse(List.of());
    }
    return Optional.ofNullable(interfaces);
  }

  /// Reads manifests, configuration and node.
  ///
  /// @param wanted families that the node has, whatever Services have
  public Cluster read(Set<Family> wanted) {
    KubeVersion version = version();
    Dialect dialect = dialect();
    Optional<List<Family>> families = families();
    List<Cidr> ranges = ranges();
    if (options.files().isEmpty()) {
      console.fault(Code.NO_OBJECTS, "no manifests: -f names them");
    }
    console.checkpoint();

    Manifests manifests = manifests();
    Optional<ProxyConfiguration> configuration = configuration(manifests);
    if (configuration.isEmpty()) {
      console.checkpoint();
      throw new IllegalStateException("a configuration is missing without a fault");
    }
    if (!ranges.isEmpty()) {
      manifests = manifests.withServices(Allocator.allocate(manifests.services(), ranges, console));
    }
    NodeFacts node =
        new NodeReader(options, console, interfaces(), defaults)
            .read(manifests, configuration.get());
    Manifests read = manifests;
    List<Family> chosen = families.orElseGet(() -> familiesOf(read, wanted));
    Remarks.of(manifests, node, chosen, !ranges.isEmpty()).forEach(console);
    StartRemarks.of(manifests, configuration.get(), node, chosen, only(families)).forEach(console);
    return new Cluster(manifests, configuration.get(), node, chosen, dialect, version);
  }

  private Manifests manifests() {
    ManifestReader reader = new ManifestReader(console);
    files.readManifests(
        options.files(),
        options.recursive(),
        (in, file) ->
            Relay.read(sink -> DocumentReader.readObjects(in, file, sink), reader.in(file)));
    Manifests manifests = reader.finish();
    if (!console.hasFaults() && reader.isEmpty()) {
      console.accept(
          Diagnostic.error(
              Code.NO_OBJECTS,
              new Location(options.files().getFirst(), 1, 1),
              "no Service, EndpointSlice, Endpoints, Node or ServiceCIDR in the input"));
    }
    console.detail(
        "read "
            + manifests.services().size()
            + " Services, "
            + manifests.slices().size()
            + " EndpointSlices, "
            + manifests.nodes().size()
            + " Nodes");
    return manifests;
  }

  private Optional<ProxyConfiguration> configuration(Manifests manifests) {
    Optional<ConfigurationDocument> document =
        options.config().isPresent()
            ? configurationFile(options.config().get())
            : manifests.configuration();
    if (document.isEmpty()) {
      return options.config().isPresent()
          ? Optional.empty()
          : ConfigurationReader.read(options.flags(), console);
    }
    return ConfigurationReader.read(
        document.get().location().file(), document.get().document(), options.flags(), console);
  }

  private Optional<ConfigurationDocument> configurationFile(String name) {
    List<ConfigurationDocument> found = new ArrayList<>(1);
    files.read(
        name,
        (in, file) ->
            DocumentReader.readConfiguration(
                in,
                file,
                new DocumentReader.Sink() {
                  @Override
                  public void object(Value.Mapping object) {
                    Location at = new Location(file, object.line(), object.column());
                    found.add(new ConfigurationDocument(object, at));
                  }

                  @Override
                  public void problem(Diagnostic problem) {
                    console.accept(problem);
                  }
                }));
    if (found.isEmpty() && !console.hasFaults()) {
      console.accept(
          Diagnostic.error(Code.NO_OBJECTS, new Location(name, 1, 1), "no configuration in it"));
    }
    return found.stream().findFirst();
  }

  private KubeVersion version() {
    String text = options.kubeVersion().orElse(KubeVersion.NEWEST.toString());
    Optional<KubeVersion> version = KubeVersion.parse(text);
    if (version.isEmpty()) {
      console.fault(
          Code.UNSUPPORTED, "--kube-version: only the rules of 1.36 are known, not of " + text);
    }
    return version.orElse(KubeVersion.NEWEST);
  }

  private Dialect dialect() {
    for (String lacking : options.without()) {
      if (!LACKING.contains(lacking)) {
        console.fault(Code.FLAG, "--without: nfacct or random-fully, not " + lacking);
      }
    }
    return new Dialect(
        !options.without().contains("nfacct"), !options.without().contains("random-fully"));
  }

  private Optional<List<Family>> families() {
    return options
        .ipFamily()
        .map(
            text ->
                switch (text) {
                  case "ipv4" -> List.of(Family.IPV4);
                  case "ipv6" -> List.of(Family.IPV6);
                  case "dual" -> List.of(Family.IPV4, Family.IPV6);
                  default -> {
                    console.fault(Code.FLAG, "--ip-family: ipv4, ipv6 or dual, not " + text);
                    yield List.of();
                  }
                });
  }

  /// The only family that the node is said to have.
  private static Optional<Family> only(Optional<List<Family>> families) {
    return families.filter(it -> it.size() == 1).map(List::getFirst);
  }

  private static List<Family> familiesOf(Manifests manifests, Set<Family> wanted) {
    List<Family> families =
        List.of(Family.values()).stream()
            .filter(
                family ->
                    wanted.contains(family)
                        || manifests.services().stream()
                            .flatMap(service -> service.clusterIps().stream())
                            .anyMatch(ip -> ip.family() == family))
            .toList();
    return families.isEmpty() ? List.of(Family.IPV4) : families;
  }

  private List<Cidr> ranges() {
    List<Cidr> ranges = new ArrayList<>();
    for (String text : options.allocate().map(all -> all.split(",", -1)).orElse(new String[0])) {
      Optional<Cidr> range = Cidr.parse(text);
      if (range.isEmpty() || range.get().family().bits() - range.get().prefix() < 2) {
        console.fault(Code.FLAG, "--allocate: not a range of addresses: " + text);
      }
      range.ifPresent(ranges::add);
    }
    if (ranges.size() > 2
        || (ranges.size() == 2 && ranges.get(0).family() == ranges.get(1).family())) {
      console.fault(Code.FLAG, "--allocate: one range, or one of each family");
    }
    return ranges;
  }
}
