package dev.kproxy.cli.trace;

import dev.kproxy.compile.Artifact;
import dev.kproxy.graph.ChainGraph;
import dev.kproxy.iproute.AddressBatchParser;
import dev.kproxy.iproute.Interface;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.Backend;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Reads the rules and sets of a host. Rules that a kernel would not take, because their chains
/// call each other in a loop, are refused.
public final class DumpReader {
  /// The files of mode nftables, which nothing reads yet.
  public static final List<String> NFTABLES = List.of("kube-proxy.nft", "kube-proxy.ip6.nft");

  /// The first line of a dump is not so long.
  private static final int FIRST_LINE = 200;

  private final Texts texts;
  private final Consumer<Diagnostic> sink;
  private final Map<Family, List<Table>> tables = new EnumMap<>(Family.class);
  private final List<IpSet> sets = new ArrayList<>();
  private final Map<VirtualAddress, VirtualServer> virtualServers = new LinkedHashMap<>();
  private final List<Interface> virtual = new ArrayList<>();
  private boolean ipvs;
  private Backend backend = Backend.LEGACY;
  private Optional<String> settings = Optional.empty();

  /// A reader that takes texts from there.
  ///
  /// @param sink takes the faults
  public DumpReader(Texts texts, Consumer<Diagnostic> sink) {
    this.texts = texts;
    this.sink = sink;
  }

  /// What a user named.
  ///
  /// @param directories directories of files that are named as `kproxy compile -d` names them
  /// @param iptables files of IPv4 rules, or `TABLE=FILE` for what `iptables -S` prints
  /// @param ip6tables the same for IPv6
  /// @param ipset files of sets
  /// @param ipvs files of virtual servers
  public record Given(
      List<String> directories,
      List<String> iptables,
      List<String> ip6tables,
      List<String> ipset,
      List<String> ipvs) {
    public Given {
      directories = List.copyOf(directories);
      iptables = List.copyOf(iptables);
      ip6tables = List.copyOf(ip6tables);
      ipset = List.copyOf(ipset);
      ipvs = List.copyOf(ipvs);
    }

    /// Rules alone, as far as they are not in directories.
    public static Given ofRules(
        List<String> directories, List<String> iptables, List<String> ip6tables) {
      return new Given(directories, iptables, ip6tables, List.of(), List.of());
    }

    /// Whether nothing was named.
    public boolean isEmpty() {
      return Stream.of(directories, iptables, ip6tables, ipset, ipvs).allMatch(List::isEmpty);
    }
  }

  /// The rules and sets of all files.
  public Dump read(Given given) {
    given.directories().forEach(this::directory);
    given.iptables().forEach(file -> rules(Family.IPV4, file));
    given.ip6tables().forEach(file -> rules(Family.IPV6, file));
    given.ipset().forEach(this::sets);
    given.ipvs().forEach(this::servers);
    Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
    tables.forEach((family, all) -> rules.put(family, new Ruleset(family, all)));
    Optional<IpvsTable> table =
        ipvs
            ? Optional.of(new IpvsTable(Optional.empty(), List.copyOf(virtualServers.values())))
            : Optional.empty();
    return new Dump(rules, sets, table, virtual, backend, settings);
  }

  private void directory(String directory) {
    boolean any = false;
    for (Family family : Family.values()) {
      Artifact.Kind kind = Artifact.Kind.rulesOf(family);
      if (has(directory, kind)) {
        rules(family, file(directory, kind));
        any = true;
      }
    }
    if (has(directory, Artifact.Kind.IPSET)) {
      sets(file(directory, Artifact.Kind.IPSET));
    }
    if (has(directory, Artifact.Kind.IPVSADM)) {
      servers(file(directory, Artifact.Kind.IPVSADM));
    }
    if (has(directory, Artifact.Kind.IP)) {
      String file = file(directory, Artifact.Kind.IP);
      texts
          .text(file)
          .ifPresent(text -> virtual.addAll(AddressBatchParser.parse(text, file, sink)));
    }
    if (has(directory, Artifact.Kind.SYSCTL)) {
      settings = Optional.of(file(directory, Artifact.Kind.SYSCTL));
    }
    for (String file : NFTABLES) {
      if (texts.has(directory, file)) {
        fault(Code.UNSUPPORTED, directory + "/" + file, "cannot be traced yet");
        any = true;
      }
    }
    if (!any) {
      fault(Code.NO_OBJECTS, directory, "neither iptables.rules nor ip6tables.rules in it");
    }
  }

  private boolean has(String directory, Artifact.Kind kind) {
    return texts.has(directory, kind.file());
  }

  /// The name of a file in a directory.
  public static String file(String directory, Artifact.Kind kind) {
    return directory + "/" + kind.file();
  }

  private void rules(Family family, String given) {
    int equals = given.indexOf('=');
    String table = equals < 0 ? "" : given.substring(0, equals);
    boolean listing = Table.isKnown(table);
    String file = listing ? given.substring(equals + 1) : given;
    Optional<byte[]> found = texts.bytes(file);
    found.ifPresent(this::noteBackend);
    found
        .flatMap(
            text ->
                listing
                    ? IptablesParser.parseTable(family, table, text, file, sink)
                    : IptablesParser.parse(family, text, file, sink))
        .ifPresent(rules -> add(rules, file));
  }

  /// `iptables-nft-save` names its back end in the first line.
  private void noteBackend(byte[] text) {
    String beginning =
        new String(text, 0, Math.min(text.length, FIRST_LINE), StandardCharsets.UTF_8);
    if (beginning.startsWith("# Generated by ")
        && beginning.lines().findFirst().orElse("").contains("(nf_tables)")) {
      backend = Backend.NFT;
    }
  }

  private void add(Ruleset rules, String file) {
    ChainGraph.loops(rules, file).forEach(sink);
    List<Table> known = tables.computeIfAbsent(rules.family(), _ -> new ArrayList<>());
    for (Table table : rules.tables()) {
      if (known.stream().anyMatch(other -> other.name().equals(table.name()))) {
        fault(Code.CONFLICT, file, "the table " + table.name() + " was given before");
      } else {
        known.add(table);
      }
    }
  }

  private void sets(String file) {
    texts.text(file).ifPresent(text -> sets.addAll(IpsetParser.parse(text, file, sink)));
  }

  private void servers(String file) {
    ipvs = true;
    Optional<String> text = texts.text(file);
    if (text.isEmpty()) {
      return;
    }
    for (VirtualServer server : IpvsParser.parse(text.get(), file, sink).servers()) {
      if (virtualServers.putIfAbsent(server.address(), server) != null) {
        fault(Code.CONFLICT, file, "the virtual server " + server.address() + " was given before");
      }
    }
  }

  private void fault(Code code, String file, String message) {
    sink.accept(Diagnostic.error(code, new Location(file, 1, 1), message));
  }
}
