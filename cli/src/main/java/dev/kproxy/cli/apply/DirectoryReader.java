package dev.kproxy.cli.apply;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kproxy.cli.command.FileFault;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.compile.KubeVersion;
import dev.kproxy.compile.iptables.IptablesCompiler;
import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.net.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Reads a directory that `compile -d` wrote, and refuses one that is not whole, not of this
/// kproxy's making, or not for this node.
final class DirectoryReader {
  private final Path directory;

  private DirectoryReader(Path directory) {
    this.directory = directory;
  }

  /// Who reads the directory of that name.
  ///
  /// @param faults told where there is no such directory
  static Optional<DirectoryReader> at(String name, Consumer<? super Diagnostic> faults) {
    String fault;
    try {
      Path directory = Path.of(name);
      if (Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
        return Optional.of(new DirectoryReader(directory));
      }
      fault = "a file, and no directory of compile -d; -f names manifests";
    } catch (NoSuchFileException e) {
      fault = "no such directory";
    } catch (IOException e) {
      fault = FileFault.reason(e);
    } catch (InvalidPathException e) {
      fault = "not the name of a directory";
    }
    faults.accept(Diagnostic.error(Code.UNREADABLE, new Location(name, 1, 1), fault));
    return Optional.empty();
  }

  /// What the directory holds, for the node of that name.
  Target read(String node) throws HostFault {
    ArtifactIndex index = index();
    check(index, node);
    ArtifactTexts artifacts =
        new ArtifactTexts(index.get("mode"), index.get("style"), directory + ": ");
    for (Artifact.Kind kind : Artifact.Kind.values()) {
      String sum = index.files().get(kind.file());
      if (sum != null) {
        artifacts.put(kind, bytes(kind, sum), sum);
      } else if (isNeeded(kind, index)) {
        throw refused(kind.file() + " is not among its files");
      }
    }
    return artifacts.target(
        "node " + node + ", Kubernetes " + index.get("kubeProxy"),
        index.services(),
        (family, text, applied) -> rules(index, family, text, applied));
  }

  private ArtifactIndex index() throws HostFault {
    if (Files.notExists(directory.resolve(ArtifactIndex.FILE))) {
      throw refused(
          "it has no " + ArtifactIndex.FILE + ", which compile -d writes; -f names manifests");
    }
    byte[] text = bytes(ArtifactIndex.FILE);
    try {
      return ArtifactIndex.parse(text);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      Location place = new Location(ArtifactIndex.FILE, at.getLineNr(), at.getColumnNr());
      throw refused(place + ": no JSON, or not all of it");
    } catch (IOException e) {
      throw refused(ArtifactIndex.FILE + ": " + e.getMessage());
    }
  }

  private void check(ArtifactIndex index, String node) throws HostFault {
    if (!index.get("schema").equals(ArtifactIndex.SCHEMA)) {
      throw refused(ArtifactIndex.FILE + " is not of kproxy compile -d");
    }
    if (!Set.of("iptables", "ipvs").contains(index.get("mode"))) {
      throw refused("mode " + index.get("mode") + " cannot be applied yet");
    }
    if (KubeVersion.parse(index.get("kubeProxy")).isEmpty()) {
      throw refused("rules of Kubernetes " + index.get("kubeProxy") + " are not known here");
    }
    if (!index.get("node").equals(node)) {
      String made = index.get("node").isEmpty() ? "no node" : "the node " + index.get("node");
      throw refused("made for " + made + ", and this is " + node + " (see --node)");
    }
  }

  /// All artifacts of the mode; accounting objects may be lacking (`--without nfacct`).
  private static boolean isNeeded(Artifact.Kind kind, ArtifactIndex index) {
    return switch (kind) {
      case IPTABLES -> index.families().contains(Family.IPV4.toString());
      case IP6TABLES -> index.families().contains(Family.IPV6.toString());
      case SYSCTL -> true;
      case IPSET, IPVSADM, IP -> index.get("mode").equals("ipvs");
      case NFACCT -> false;
    };
  }

  private byte[] bytes(String file) throws HostFault {
    try {
      return Files.readAllBytes(directory.resolve(file));
    } catch (IOException e) {
      throw refused(file + ": " + FileFault.reason(e));
    }
  }

  private byte[] bytes(Artifact.Kind kind, String sum) throws HostFault {
    byte[] bytes = bytes(kind.file());
    if (!Sha256.hex(bytes).equals(sum)) {
      throw refused(
          kind.file() + " is not what " + ArtifactIndex.FILE + " says: its SHA-256 differs");
    }
    return bytes;
  }

  /// The rules in the spelling of iptables-save, with the jumps from the built-in chains.
  private Map<TableKey, TableText> rules(
      ArtifactIndex index, Family family, String text, Map<TableKey, TableText> applied)
      throws HostFault {
    if (index.get("style").equals("restore")) {
      return spelled(completed(index, parsed(family, text)), applied);
    }
    if (applied.keySet().stream().anyMatch(key -> key.family() == family)) {
      Optional<Map<TableKey, TableText>> rules = parsedInPart(family, text, applied);
      if (rules.isPresent()) {
        return rules.get();
      }
    }
    return spelled(parsed(family, text), applied);
  }

  /// The rules of a text of which all is parsed but the rules of chains that were applied just so,
  /// and parsed then. Empty where that fails, which takes the whole text to say why and where; and
  /// where a chain is called otherwise than it seems, as in quotation marks.
  private Optional<Map<TableKey, TableText>> parsedInPart(
      Family family, String text, Map<TableKey, TableText> applied) {
    try {
      Map<TableKey, TableText> written = RulesText.read(family, text, "", applied);
      Map<TableKey, TableText> standing = new TreeMap<>(written);
      standing.replaceAll((key, it) -> it.like(applied.getOrDefault(key, TableText.EMPTY)));
      Ruleset parsed = parsed(family, RulesText.without(family, text, standing));
      List<Table> others = new ArrayList<>();
      for (Table table : parsed.tables()) {
        TableKey key = new TableKey(family, table.name());
        List<Chain> chains = new ArrayList<>(table.chains());
        Set<String> names = chains.stream().map(Chain::name).collect(Collectors.toSet());
        if (!names.equals(written.getOrDefault(key, TableText.EMPTY).chains().keySet())) {
          return Optional.empty();
        }
        chains.removeIf(chain -> standing.getOrDefault(key, TableText.EMPTY).has(chain.name()));
        others.add(new Table(table.name(), chains));
      }
      Map<TableKey, TableText> rules = spelled(new Ruleset(family, others), applied);
      standing.replaceAll((key, it) -> it.plus(rules.getOrDefault(key, TableText.EMPTY)));
      return Optional.of(standing);
    } catch (HostFault _) {
      return Optional.empty();
    }
  }

  /// Rules are parsed and printed: text that is none does not pass.
  private Ruleset parsed(Family family, String text) throws HostFault {
    Artifact.Kind kind = Artifact.Kind.rulesOf(family);
    List<Diagnostic> told = new ArrayList<>();
    Optional<Ruleset> parsed = IptablesParser.parse(family, text, kind.file(), told::add);
    if (parsed.isEmpty()) {
      Diagnostic first =
          told.stream().filter(it -> it.severity() == Severity.ERROR).findFirst().orElseThrow();
      throw refused(first.location().orElseThrow() + ": " + first.message());
    }
    for (Table table : parsed.get().tables()) {
      check(kind, table);
    }
    return parsed.get();
  }

  private static Map<TableKey, TableText> spelled(Ruleset rules, Map<TableKey, TableText> applied)
      throws HostFault {
    String text = IptablesPrinter.print(rules, Spelling.SAVE);
    return RulesText.read(rules.family(), text, "the compiler", applied);
  }

  private static Ruleset completed(ArtifactIndex index, Ruleset restored) {
    return index.get("mode").equals("ipvs")
        ? IpvsCompiler.completed(restored)
        : IptablesCompiler.completed(restored);
  }

  /// Whoever edits a directory can mend its sums, too: nothing is loaded but into kube-proxy's
  /// tables, chains, and jumps to these.
  private void check(Artifact.Kind kind, Table table) throws HostFault {
    if (!TableKey.TABLES.contains(table.name())) {
      throw refused(kind.file() + ": the table " + table.name() + " is none of kube-proxy's");
    }
    for (Chain chain : table.chains()) {
      String place = kind.file() + ": " + table.name() + " " + chain.name();
      if (!TableText.isBuiltIn(chain.name())) {
        if (!isKubeProxys(chain.name())) {
          throw refused(place + " is none of kube-proxy's chains");
        }
        for (Rule rule : chain.rules()) {
          if (!isKnown(rule)) {
            throw refused(place + " has a rule with a match or a target that is unknown here");
          }
        }
      } else if (!chain.rules().stream().allMatch(DirectoryReader::isJump)) {
        throw refused(place + " has a rule that is no jump to a chain of kube-proxy");
      }
    }
  }

  /// What is unknown has any options, also those of iptables itself: `--modprobe` names a program.
  private static boolean isKnown(Rule rule) {
    boolean isTargetKnown =
        !(rule.action() instanceof Action.Target(String name, _))
            || Extensions.target(name).known();
    return isTargetKnown && rule.matches().stream().allMatch(DirectoryReader::isKnown);
  }

  private static boolean isKnown(Match match) {
    return !(match instanceof Match.Module(String name, _)) || Extensions.match(name).known();
  }

  private static boolean isJump(Rule rule) {
    return rule.action() instanceof Action.Jump(String chain) && isKubeProxys(chain);
  }

  private static boolean isKubeProxys(String chain) {
    return KubeProxyNames.isChain(chain) || KubeProxyNames.isShared(chain);
  }

  private HostFault refused(String why) {
    return HostFault.refused(directory + ": " + why);
  }
}
