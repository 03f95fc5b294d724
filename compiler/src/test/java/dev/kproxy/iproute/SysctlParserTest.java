package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SysctlParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private Sysctls parse(String text) {
    return SysctlParser.parse(text, "x", diagnostics::add);
  }

  @Test
  void readsARecordedHost() throws IOException {
    Sysctls sysctls = parse(Files.readString(TestFiles.testdata("kernel/network/sysctl.txt")));
    assertThat(diagnostics).isEmpty();
    assertThat(sysctls.value("net.ipv4.ip_forward")).hasValue("0");
    assertThat(sysctls.value("net.ipv4.ip_local_port_range")).hasValue("32768\t60999");
    assertThat(sysctls.conf("ipv4", "v0", "rp_filter")).hasValue("0");
    assertThat(sysctls.conf("ipv4", "v9", "rp_filter")).isEmpty();
  }

  @Test
  void readsNamesWithDotsAndWithSlashes() {
    Sysctls dots = parse("net.ipv4.conf.eth0/1.rp_filter = 2");
    Sysctls slashes = parse("net/ipv4/conf/eth0.1/rp_filter=2");
    assertThat(slashes).isEqualTo(dots);
    assertThat(dots.conf("ipv4", "eth0.1", "rp_filter")).hasValue("2");
  }

  @Test
  void readsFilesForSysctl() {
    Sysctls sysctls =
        parse(
            """
            # comment
            ; comment
            sysctl: permission denied on key 'net.core.bpf_jit_harden'

            -net.ipv4.ip_forward=1
            kernel.core_pattern = |/bin/x a=b
            kernel.domainname =
            net.ipv4.ip_forward = 0
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(sysctls.values())
        .containsOnly(
            Map.entry("net.ipv4.ip_forward", "0"),
            Map.entry("kernel.core_pattern", "|/bin/x a=b"),
            Map.entry("kernel.domainname", ""));
  }

  @Test
  void putsOneSettingOverAnother() {
    Sysctls file = parse("a.b = 1\nc.d = 1");
    assertThat(file.with(parse("c.d=2")).values()).isEqualTo(parse("a.b=1\nc.d=2").values());
    assertThat(Sysctls.NONE.with(file)).isEqualTo(file);
  }

  @Test
  void tellsWhatIsNoSetting() {
    parse("net.ipv4.ip_forward\n= 1\na b = 1\n");
    assertThat(diagnostics)
        .extracting(Diagnostic::toString)
        .containsExactly(
            "x:1:1: error KP701: no setting, as NAME=VALUE: \"net.ipv4.ip_forward\"",
            "x:2:1: error KP701: no setting, as NAME=VALUE: \"= 1\"",
            "x:3:1: error KP701: no setting, as NAME=VALUE: \"a b = 1\"");
  }

  @Test
  void stopsAfterAHundredFaults() {
    parse("nonsense\n".repeat(1000));
    assertThat(diagnostics).hasSize(101);
  }
}
