package dev.kproxy.cli.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import dev.kproxy.net.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules of a directory that somebody edited, its sums, too: they are taken, or refused with the
/// same words, whether or not most of them were applied before and are not parsed again.
class EditedDirectoryTest {
  private static final int EDITIONS = 2000;

  private static final String GOOD =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :KUBE-FIREWALL - [0:0]
      :KUBE-FORWARD - [0:0]
      -A INPUT -j KUBE-FIREWALL
      -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
      -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
      COMMIT
      *nat
      :PREROUTING ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :KUBE-MARK-MASQ - [0:0]
      :KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
      :KUBE-SERVICES - [0:0]
      :KUBE-SVC-BBBBBBBBBBBBBBBB - [0:0]
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-SEP-AAAAAAAAAAAAAAAA -s 10.0.0.5/32 -m comment --comment "a/b:c" -j KUBE-MARK-MASQ
      -A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.0.0.5:80
      -A KUBE-SERVICES -d 10.96.0.5/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-BBBBBBBBBBBBBBBB
      -A KUBE-SVC-BBBBBBBBBBBBBBBB -m comment --comment "a/b:c" -j KUBE-SEP-AAAAAAAAAAAAAAAA
      COMMIT
      """;

  /// What may make a line, a word or a name another one.
  private static final List<String> ODD =
      List.of(
          "\"",
          "\\",
          "\t",
          " ",
          "\r",
          "\n",
          "\0",
          "\u2003",
          "\u0085",
          "\uFEFF",
          "#",
          "-",
          "!",
          ":",
          "*",
          "[0:0]",
          "COMMIT\n",
          "*nat\n",
          "*raw\n",
          "-A ",
          "-I ",
          "-N ",
          "-F ",
          "-X ",
          "-P ",
          "--append ",
          "KUBE-",
          "KUBE-MARK-MASQ",
          "K\"UBE-MARK-MASQ\"",
          "\"KUBE-MARK-MASQ\"",
          " - [0:0]\n",
          " -j ",
          " --goto ",
          " --bogus",
          " --modprobe=/bin/id",
          " -m bogus",
          ":KUBE-MARK-MASQ - [0:0]\n",
          ":KUBE-NODEPORTS - [0:0]\n",
          "-A KUBE-MARK-MASQ -j DROP\n",
          "-A KUBE-SERVICES -j KUBE-MARK-MASQ --bogus\n",
          "-A KUBE-SERVICES -j ");

  @TempDir private Path directory;

  /// The rules, or why there are none.
  private Object read(Map<TableKey, TableText> applied) throws IOException {
    try {
      Target target = DirectoryReader.at(directory.toString(), _ -> {}).orElseThrow().read("n1");
      return Objects.requireNonNull(target.rules().get(Family.IPV4)).read(applied);
    } catch (HostFault e) {
      return e.kind() + " " + e.getMessage();
    }
  }

  private void write(String rules) throws IOException {
    byte[] text = rules.getBytes(StandardCharsets.UTF_8);
    Files.write(directory.resolve("iptables.rules"), text);
    Files.writeString(directory.resolve("sysctl.conf"), "");
    Files.writeString(
        directory.resolve(ArtifactIndex.FILE),
        """
        {"schema": "kproxy/v1/artifacts", "kubeProxy": "1.36", "mode": "iptables", "style": "save",
         "node": "n1", "families": ["IPv4"], "services": [], "files": [
          {"file": "iptables.rules", "sha256": "%s"}, {"file": "sysctl.conf", "sha256": "%s"}]}
        """
            .formatted(Sha256.hex(text), Sha256.hex(new byte[0])));
  }

  private static String edited(Random random) {
    String text = GOOD;
    for (int i = random.nextInt(3); i >= 0; i--) {
      text = editedOnce(text, random);
    }
    return text;
  }

  private static String editedOnce(String text, Random random) {
    String odd = ODD.get(random.nextInt(ODD.size()));
    int at = random.nextInt(text.length());
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    int line = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    switch (random.nextInt(6)) {
      case 0 -> {
        return text.substring(0, at) + odd + text.substring(at);
      }
      case 1 -> lines.add(line, odd.stripTrailing());
      case 2 -> lines.set(line, lines.get(line) + odd);
      case 3 -> lines.add(other, lines.get(line));
      case 4 -> lines.add(other == 0 ? 0 : other - 1, lines.remove(line));
      default -> lines.set(line, lines.get(line).replaceFirst("(KUBE-\\w)(\\S*)", "$1\"$2\""));
    }
    return String.join("\n", lines);
  }

  @Test
  void areTakenOrRefusedAlike() throws HostFault, IOException {
    Map<TableKey, TableText> applied = RulesText.read(Family.IPV4, GOOD, "", Map.of());
    int taken = 0;
    for (int seed = 0; seed < EDITIONS; seed++) {
      String text = edited(new Random(seed));
      write(text);
      Object whole = read(Map.of());
      assertThat(read(applied)).as("seed " + seed + "\n" + text).isEqualTo(whole);
      taken += whole instanceof Map ? 1 : 0;
    }
    assertThat(taken).isBetween(EDITIONS / 10, EDITIONS * 9 / 10);
  }
}
