package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Version;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.Style;
import dev.kproxy.compile.Sysctl;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Kernel;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import dev.kproxy.net.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The texts of a node's artifacts, and the [Target] that they make.
final class ArtifactTexts {
  private static final Pattern SETTING =
      Pattern.compile("([a-z0-9_]+(?:\\.[A-Za-z0-9_]+)+) = ([A-Za-z0-9]+)");
  private static final Pattern COUNTER =
      Pattern.compile("\\{ pkts = \\d+, bytes = \\d+ } = ([A-Za-z0-9_]{1,31});");

  private static final Pattern TIMEOUTS =
      Pattern.compile("--set (?<tcp>\\d+) (?<tcpfin>\\d+) (?<udp>\\d+)\n");

  private final Map<Artifact.Kind, byte[]> texts = new EnumMap<>(Artifact.Kind.class);
  private final Map<Artifact.Kind, String> sums = new EnumMap<>(Artifact.Kind.class);

  private final String form;
  private final String origin;

  /// @param mode kube-proxy's
  /// @param style in which the rules are written
  /// @param origin what faults of a text begin with
  ArtifactTexts(String mode, String style, String origin) {
    this.form = mode + " " + style;
    this.origin = origin;
  }

  /// The texts of artifacts that are made while they are written.
  ///
  /// @param mode kube-proxy's
  static ArtifactTexts of(List<Artifact> artifacts, String mode) throws IOException {
    ArtifactTexts made = new ArtifactTexts(mode, Style.SAVE.toString(), "");
    for (Artifact artifact : artifacts) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      artifact.content().writeTo(out);
      byte[] bytes = out.toByteArray();
      made.put(artifact.kind(), bytes, Sha256.hex(bytes));
    }
    return made;
  }

  /// Adds one.
  ///
  /// @param sum its SHA-256
  void put(Artifact.Kind kind, byte[] text, String sum) {
    texts.put(kind, text);
    sums.put(kind, sum);
  }

  /// The text of an artifact; empty where there is none.
  ///
  /// @throws HostFault where it is no text
  private String text(Artifact.Kind kind) throws HostFault {
    byte[] bytes = texts.getOrDefault(kind, new byte[0]);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) { // some were replaced
      throw HostFault.refused(origin + kind.file() + " is not UTF-8");
    }
    return text;
  }

  /// Reads the rules of a text, as iptables-save spells them.
  @FunctionalInterface
  interface Reading {
    /// Reads them.
    ///
    /// @param applied what was applied before, and much of the text is likely to be the same
    Map<TableKey, TableText> of(Family family, String text, Map<TableKey, TableText> applied)
        throws HostFault;
  }

  /// What a host shall have.
  ///
  /// @param label what to call it
  /// @param services what the Service ports are, as far as it is known
  /// @param reading what makes rules of texts, when they are needed
  /// @throws HostFault where a text is none, or sets what is none of kube-proxy's
  Target target(String label, List<ServicePort> services, Reading reading) throws HostFault {
    Map<Family, Target.Rules> rules = new TreeMap<>();
    Map<String, String> sysctls = new TreeMap<>();
    List<String> counters = new ArrayList<>();
    for (Artifact.Kind kind : texts.keySet()) {
      switch (kind) {
        case IPTABLES -> rules.put(Family.IPV4, rules(Family.IPV4, reading));
        case IP6TABLES -> rules.put(Family.IPV6, rules(Family.IPV6, reading));
        case IPSET, IPVSADM, IP -> {}
        case SYSCTL -> {
          for (Matcher line : lines(kind, SETTING)) {
            sysctls.put(setting(line.group(1)), line.group(2));
          }
        }
        case NFACCT -> {
          for (Matcher line : lines(kind, COUNTER)) {
            counters.add(line.group(1));
          }
        }
      }
    }
    Balancer balancer =
        Balancer.parse(
            text(Artifact.Kind.IPSET),
            text(Artifact.Kind.IPVSADM),
            text(Artifact.Kind.IP),
            "compile");
    sysctls.putAll(timeouts());
    return new Target(digest(services), label, rules, sysctls, counters, balancer, services);
  }

  private String setting(String name) throws HostFault {
    if (!Sysctl.isKubeProxys(name)) {
      throw HostFault.refused(
          origin + Artifact.Kind.SYSCTL.file() + ": " + name + " is none of kube-proxy's settings");
    }
    return name;
  }

  private Target.Rules rules(Family family, Reading reading) {
    return applied -> reading.of(family, text(Artifact.Kind.rulesOf(family)), applied);
  }

  /// The time-outs that the first line for ipvsadm sets; a zero leaves what is set.
  private Map<String, String> timeouts() throws HostFault {
    Map<String, String> timeouts = new TreeMap<>();
    Matcher line = TIMEOUTS.matcher(text(Artifact.Kind.IPVSADM));
    if (line.lookingAt()) {
      for (String name : List.of("tcp", "tcpfin", "udp")) {
        timeouts.put(Kernel.IPVS_TIMEOUT + name, line.group(name));
      }
      timeouts.values().removeIf("0"::equals);
    }
    return timeouts;
  }

  private List<Matcher> lines(Artifact.Kind kind, Pattern pattern) throws HostFault {
    List<Matcher> lines = new ArrayList<>();
    for (String line : text(kind).lines().toList()) {
      Matcher matcher = pattern.matcher(line);
      if (!matcher.matches()) {
        throw HostFault.refused(
            origin + kind.file() + ": no line that kproxy compile writes: " + line);
      }
      lines.add(matcher);
    }
    return lines;
  }

  /// Of all that the rules are made of, and of what makes them: another kproxy may complete them,
  /// or write them, otherwise.
  private String digest(List<ServicePort> services) {
    MessageDigest digest = Sha256.digest();
    digest.update((Version.kproxy() + " " + form + "\n").getBytes(StandardCharsets.UTF_8));
    sums.forEach(
        (kind, sum) -> digest.update((kind + " " + sum + "\n").getBytes(StandardCharsets.UTF_8)));
    digest.update(ServicePort.print(services).getBytes(StandardCharsets.UTF_8));
    return Sha256.hex(digest);
  }
}
