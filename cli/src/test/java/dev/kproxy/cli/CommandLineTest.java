package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.cli.command.Terminals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What all commands have in common: where they look for input, what they show on a terminal, and
/// what they say of themselves.
class CommandLineTest {
  private static final String FROM_GIT =
      Case.root().resolve("testdata/examples/from-git.yaml").toString();
  private static final Pattern CLUSTER_IP = Pattern.compile("-A KUBE-SERVICES -d (\\S+)/32 ");

  @TempDir private Path folder;

  private static String service(String name, String spec) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec: {ports: [{port: 80, nodePort: 0}]%s}
    """
        .formatted(name, spec);
  }

  private String write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          complie -f x                | unknown command "complie"; did you mean compile? (see kproxy --help)
          trace paket                 | unknown command "paket"; did you mean packet? (see kproxy trace --help)
          kubectl                     | unknown command "kubectl" (see kproxy --help)
          compile --porxy-mode=ipvs   | unknown option "--porxy-mode"; did you mean --proxy-mode? (see kproxy compile --help)
          compile --nod n1 -f x       | unknown option "--nod"; did you mean --node? (see kproxy compile --help)
          compile --bogus             | unknown option "--bogus" (see kproxy compile --help)
          diff a b c                  | one argument too many: "c" (see kproxy diff --help)
          """)
  void namesTheArgumentThatItDoesNotKnowAndWhatMayBeMeant(String words, String message) {
    Kproxy.Result result = Kproxy.run(words.split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("error: " + message + "\n");
  }

  /// Nothing is the name of the current directory.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apply -f x --state-dir @ | option '--state-dir'
          status --state-dir=      | option '--state-dir'
          apply @                  | positional parameter at index 0 (DIR)
          compile -f x -d @        | option '--directory'
          compile -f x --config @  | option '--config'
          diff @ @                 | positional parameter at index 0 (OLD)
          diff x y --old-config @  | option '--old-config'
          trace packet --rules @   | option '--rules' (DIR)
          """)
  void takesNothingForNoName(String words, String what) {
    List<String> arguments =
        Stream.of(words.split(" ")).map(word -> word.equals("@") ? "" : word).toList();
    Kproxy.Result result = Kproxy.run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("error: Invalid value for " + what + ": an empty value (see kproxy ")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"compile -f @", "trace packet --from 10.0.0.1 --to 10.0.0.2:80 --iptables @"})
  void saysThatAnInputIsCompressed(String words) throws IOException {
    Path file = folder.resolve("dump.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("*nat\nCOMMIT\n".getBytes(StandardCharsets.UTF_8));
    }
    Kproxy.Result result = Kproxy.run(words.replace("@", file.toString()).split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(file + ":1:1: error KP104: compressed by gzip; \"gzip -dc\" gives the text\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/proc/nowhere, no such file",
    "/dev/null, a file of that name is there",
    "/dev/null/below, Not a directory",
  })
  void saysWhyADirectoryCannotBeWritten(String directory, String reason) {
    assertThat(Kproxy.run("compile", "-f", FROM_GIT, "-d", directory).err())
        .endsWith(directory + ":1:1: error KP112: cannot be written: " + reason + "\n");
  }

  @Test
  void namesTheArtifactsThereAre() {
    assertThat(Kproxy.run("compile", "-f", FROM_GIT, "--emit", "iptables6").err())
        .isEqualTo(
            "error KP302: --emit: no artifact of that name; there are nfacct, sysctl, ipset,"
                + " iptables, ip6tables, ipvsadm, ip: iptables6\n");
  }

  @Test
  void looksBelowADirectoryOnlyWhenAsked() throws IOException {
    write("a.yaml", service("above", ", clusterIP: 10.96.0.1"));
    write("sub/b.yml", service("below", ", clusterIP: 10.96.0.2"));
    write("sub/notes.txt", "no manifest");
    String here = Kproxy.run("compile", "-f", folder.toString()).out();
    assertThat(here).contains("shop/above").doesNotContain("shop/below");
    String all = Kproxy.run("compile", "-R", "-f", folder.toString()).out();
    assertThat(all).contains("shop/above").contains("shop/below");
  }

  @Test
  void allocatesTheSameAddressesInWhateverOrder() throws IOException {
    String a = service("a", "");
    String b = service("b", "");
    String given = service("given", ", clusterIP: 10.96.0.7");
    Kproxy.Result one = allocate(write("one.yaml", a + b + given));
    Kproxy.Result other = allocate(write("other.yaml", given + b + a));
    assertThat(one.out()).isEqualTo(other.out());
    assertThat(addresses(one)).hasSize(3).doesNotHaveDuplicates().contains("10.96.0.7");
    assertThat(addresses(one)).allMatch(it -> it.matches("10\\.96\\.0\\.([1-9]|1[0-4])"));
    assertThat(one.err()).contains("Service shop/a").contains("Service shop/b");
    assertThat(one.err()).doesNotContain("Service shop/given");
  }

  /// A range of 16 addresses has 14 that can be given: not its first, which is the network's, and
  /// not its last.
  @Test
  void refusesMoreServicesThanARangeHolds() throws IOException {
    StringBuilder services = new StringBuilder();
    for (int i = 0; i < 15; i++) {
      services.append(service("s" + i, ""));
    }
    Kproxy.Result result = allocate(write("many.yaml", services.toString()));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("10.96.0.0/28");
  }

  /// A cluster of that range would refuse those, but not who only prefers both families.
  @Test
  void saysThatNoRangeOfAFamilyIsThere() throws IOException {
    String field = "spec.clusterIP: --allocate has no range of IPv6, which the Service asks for";
    Kproxy.Result result =
        allocate(
            write(
                "families.yaml",
                service("six", ", ipFamilies: [IPv6]")
                    + service("both", ", ipFamilyPolicy: RequireDualStack")
                    + service(
                        "named", ", ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6]")
                    + service("either", ", ipFamilyPolicy: PreferDualStack")));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err())
        .contains("note KP403: Service shop/six: " + field)
        .contains("note KP403: Service shop/both: " + field)
        .contains("note KP403: Service shop/named: " + field)
        .doesNotContain("KP403: Service shop/either")
        .doesNotContain("--allocate gives one");
    assertThat(addresses(result)).hasSize(3);
  }

  private static Kproxy.Result allocate(String file) {
    return Kproxy.run("compile", "-f", file, "--emit", "iptables", "--allocate", "10.96.0.0/28");
  }

  private static List<String> addresses(Kproxy.Result result) {
    return CLUSTER_IP.matcher(result.out()).results().map(it -> it.group(1)).toList();
  }

  @Test
  void paintsItsTalkOnATerminalUnlessTheUserWantsNoColours() {
    String[] arguments = {"compile", "-f", FROM_GIT};
    Terminals terminal = new Terminals(false, true);
    assertThat(talk(terminal, Map.of(), arguments)).contains("\033[33mnote\033[0m KP404");
    assertThat(talk(terminal, Map.of("NO_COLOR", ""), arguments)).contains("\033[33m");
    assertThat(talk(terminal, Map.of("NO_COLOR", "1"), arguments))
        .contains("note KP404")
        .doesNotContain("\033");
    assertThat(talk(Terminals.NONE, Map.of(), arguments)).doesNotContain("\033");
  }

  private static String talk(
      Terminals terminals, Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream none = new ByteArrayInputStream(new byte[0]);
    Main.run(arguments, none, new ByteArrayOutputStream(), err, environment, terminals);
    return err.toString(StandardCharsets.UTF_8);
  }

  /// Standard input of which nobody reads more than that it is there.
  private static InputStream input(IntSupplier read) {
    return new InputStream() {
      @Override
      public int read() {
        return read.getAsInt();
      }

      @Override
      public int read(byte[] bytes, int from, int length) {
        return read.getAsInt();
      }
    };
  }

  private static int endAfterASecondAndAHalf() {
    try {
      Thread.sleep(1500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return -1;
  }

  @Test
  void showsATerminalWhatTakesLongAndTakesItAway() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Main.run(
        new String[] {"compile", "-f", "-"},
        input(CommandLineTest::endAfterASecondAndAHalf),
        new ByteArrayOutputStream(),
        err,
        Map.of("NO_COLOR", "1"),
        new Terminals(false, true));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("\r\033[Kreading - (1 s)")
        .contains("\r\033[K-:1:1: error KP102");
  }

  @Test
  void showsAStackTraceOnlyForDebug() {
    InputStream broken =
        input(
            () -> {
              throw new IllegalStateException("planted");
            });
    assertThat(fault(broken, "compile", "-f", "-"))
        .isEqualTo("error: a fault of kproxy itself (IllegalState); --debug shows where\n");
    assertThat(fault(broken, "compile", "--debug", "-f", "-"))
        .contains("java.lang.IllegalStateException: planted")
        .contains("\tat ")
        .endsWith("error: a fault of kproxy itself (IllegalState)\n");
  }

  private static String fault(InputStream in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(Main.run(arguments, in, out, err, Map.of(), Terminals.NONE)).isEqualTo(2);
    assertThat(out.size()).isZero();
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void completesCommandsAndOptionsInBash() throws IOException, InterruptedException {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "bash is needed");
    String script = write("kproxy.bash", Kproxy.run("completion", "bash").out());
    String ask =
        """
        source '%s'
        compopt() { :; } # the shell allows it in a completion only
        COMP_WORDS=(kproxy compile --cluster-c) COMP_CWORD=2
        _complete_kproxy; echo "${COMPREPLY[@]}"
        COMP_WORDS=(kproxy tra) COMP_CWORD=1
        _complete_kproxy; echo "${COMPREPLY[@]}"
        """
            .formatted(script);
    Process process =
        new ProcessBuilder(bash.toString(), "--norc", "-c", ask).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(answer).isZero();
    assertThat(answer).isEqualTo("--cluster-cidr\ntrace\n");
  }

  @Test
  void completesForNoOtherShell() {
    Kproxy.Result result = Kproxy.run("completion", "fish");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("bash or zsh, not fish");
  }
}
