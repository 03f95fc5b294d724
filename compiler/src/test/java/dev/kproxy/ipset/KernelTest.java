package dev.kproxy.ipset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.KernelTool;
import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The kernel of this machine decides what is right.
class KernelTest {
  private static final String MAKE_SETS = "sh '" + TestFiles.testdata("kernel/sets.sh") + "'; ";

  @BeforeEach
  void needsNamespacesAndSets() throws IOException, InterruptedException {
    KernelTool.require("ipset create probe hash:ip,port");
  }

  @Test
  void savesAndListsWhatIsReadAndPrintedAlike() throws IOException, InterruptedException {
    String text = KernelTool.print(MAKE_SETS + "ipset save; echo; ipset list", "");
    int border = text.indexOf("\n\n");
    String saved = text.substring(0, border + 1);
    List<IpSet> sets = parse(saved);
    assertThat(sets).hasSizeGreaterThan(15);
    assertThat(IpsetPrinter.print(sets)).isEqualTo(saved);
    assertThat(withoutTimeouts(IpsetPrinter.print(parse(text.substring(border + 2)))))
        .isEqualTo(withoutTimeouts(saved));
  }

  @Test
  void restoresWhatIsPrinted() throws IOException, InterruptedException {
    String saved = KernelTool.print(MAKE_SETS + "ipset save", "");
    String printed = IpsetPrinter.print(parse(saved));
    assertThat(withoutTimeouts(KernelTool.print("ipset restore; ipset save", printed)))
        .isEqualTo(withoutTimeouts(saved));
  }

  /// Entries that a range stands for are as many and the same as those that the kernel makes of it.
  @Test
  void readsRangesAsTheKernelDoes() throws IOException, InterruptedException {
    String ranges =
        """
        create net hash:net
        add net 10.0.0.1-10.0.3.200
        add net 128.0.0.1-255.255.255.254
        create port hash:ip,port,net
        add port 10.0.0.1,udp:53,192.168.0.200-192.168.1.7
        create mask hash:ip netmask 28
        add mask 10.0.0.77
        """;
    List<IpSet> saved = parse(KernelTool.print("ipset restore; ipset save", ranges));
    List<IpSet> read = parse(ranges);
    assertThat(read).hasSameSizeAs(saved);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i).entries())
          .as(read.get(i).name())
          .containsExactlyInAnyOrderElementsOf(saved.get(i).entries());
    }
  }

  /// The seconds that are left go down while the test runs.
  private static String withoutTimeouts(String text) {
    return text.replaceAll("timeout 1\\d{6}", "timeout …");
  }

  private static List<IpSet> parse(String text) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<IpSet> sets = IpsetParser.parse(text, "kernel", diagnostics::add);
    assertThat(diagnostics).isEmpty();
    return sets;
  }
}
