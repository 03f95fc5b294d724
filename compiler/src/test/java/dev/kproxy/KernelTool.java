package dev.kproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Runs scripts in network namespaces of their own. Where that is not possible the test is skipped,
/// unless the environment says `KPROXY_REQUIRE_KERNEL=1`.
public final class KernelTool {
  private KernelTool() {}

  /// Goes on where the script succeeds in a new namespace; else skips the test.
  public static void require(String script) throws IOException, InterruptedException {
    Result probe = run(script, "");
    boolean required = "1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"));
    assumeTrue(required || probe.status == 0, () -> script + ": " + probe.errors);
  }

  /// What the script prints, run by `sh -e` in a new namespace.
  public static String print(String script, String input) throws IOException, InterruptedException {
    Result result = run(script, input);
    assertThat(result.status).as("%s: %s", script, result.errors).isZero();
    return result.output;
  }

  private static Result run(String script, String input) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("kernel");
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Path errors = folder.resolve("errors");
    Process process;
    try {
      process =
          new ProcessBuilder("unshare", "-n", "sh", "-ec", script)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(errors.toFile())
              .start();
    } catch (IOException e) {
      return new Result(-1, "", e.toString());
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    int status = process.waitFor();
    Result result =
        new Result(
            status,
            Files.readString(out, StandardCharsets.UTF_8),
            Files.readString(errors, StandardCharsets.UTF_8));
    for (Path file : new Path[] {in, out, errors, folder}) {
      Files.delete(file);
    }
    return result;
  }

  private record Result(int status, String output, String errors) {}
}
