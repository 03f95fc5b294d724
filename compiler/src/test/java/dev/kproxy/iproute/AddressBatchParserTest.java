package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBatchParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private List<String> parse(String text) {
    return AddressBatchParser.parse(text, "x", diagnostics::add).stream()
        .map(
            device ->
                device.name()
                    + device.addresses().stream()
                        .map(address -> " " + address.ip() + "/" + address.prefix())
                        .reduce("", String::concat))
        .toList();
  }

  @Test
  void readsWhatIpvsModeMakes() {
    assertThat(
            parse(
                """
                link add kube-ipvs0 type dummy
                addr replace 10.96.0.1/32 dev kube-ipvs0
                addr replace fd00::1/128 dev kube-ipvs0
                """))
        .containsExactly("kube-ipvs0 10.96.0.1/32 fd00::1/128");
    assertThat(diagnostics).isEmpty();
  }

  @Test
  void readsWhatHandsMayWrite() {
    assertThat(
            parse(
                """
                # by hand
                link add name kube-ipvs0 type dummy

                link set kube-ipvs0 down
                -6 address add fd00::1 dev kube-ipvs0 nodad
                -4 addr add 192.168.0.11/24 brd + dev eth0
                """))
        .containsExactly("kube-ipvs0 fd00::1/128", "eth0 192.168.0.11/24");
    assertThat(diagnostics).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "addr",
        "addr replace 10.96.0.1/33 dev kube-ipvs0",
        "addr replace web dev kube-ipvs0",
        "addr replace 10.96.0.1/32",
        "addr replace 10.96.0.1/32 dev",
        "addr del 10.96.0.1/32 dev kube-ipvs0",
        "route add default via 10.0.0.1",
        "-A -t 10.96.0.1:80 -s rr",
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536"
      })
  void namesTheLineThatItDoesNotUnderstand(String line) {
    assertThat(parse("link add kube-ipvs0 type dummy\n" + line + "\n"))
        .containsExactly("kube-ipvs0");
    assertThat(diagnostics)
        .singleElement()
        .asString()
        .startsWith("x:2:1: error KP701: no line that gives an interface an address: ");
  }

  @Test
  void saysNoMoreThanAHundredFaults() {
    parse("frob\n".repeat(1_000));
    assertThat(diagnostics).hasSize(101);
  }
}
