package dev.kproxy.host;

import dev.kproxy.host.HostFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A tool under way, whose three streams are served at the same time.
final class RunningTool {
  /// Text takes several times its size while it is read.
  private static final int OUTPUT_LIMIT =
      (int) Math.min(1 << 29, Runtime.getRuntime().maxMemory() / 8);

  private static final int ERRORS_LIMIT = 1 << 14;

  private final Process process;
  private final ToolCall call;
  private final KeptOutput output;
  private final KeptOutput errors = new KeptOutput(ToolCall.ALL, ERRORS_LIMIT);

  RunningTool(Process process, ToolCall call) {
    this.process = process;
    this.call = call;
    this.output = new KeptOutput(call.kept(), OUTPUT_LIMIT);
  }

  ToolResult finish() throws HostFault {
    List<Thread> threads =
        List.of(
            thread(this::feed),
            thread(() -> drain(process.getInputStream(), output, true)),
            thread(() -> drain(process.getErrorStream(), errors, false)));
    try {
      if (!process.waitFor(call.limit().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new HostFault(
            Kind.TIME, call.tool() + " took more than " + call.limit().toSeconds() + " s");
      }
      for (Thread thread : threads) {
        thread.join(call.limit().toMillis());
      }
      if (output.isFlooded()) {
        throw new HostFault(Kind.TOOL, call.tool() + " printed more than is read");
      }
      return new ToolResult(process.exitValue(), output.toString(), errors.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(Kind.TIME, call.tool() + " was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().start(work);
  }

  private void feed() {
    try (OutputStream in = process.getOutputStream()) {
      in.write(call.input().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return; // A tool that ends early says why in its exit status.
    }
  }

  /// Reads a stream to its end.
  ///
  /// @param whole whether a tool that prints more than there is room for is ended
  private void drain(InputStream in, KeptOutput kept, boolean whole) {
    byte[] buffer = new byte[1 << 16];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!kept.take(buffer, n) && whole) {
          process.destroyForcibly();
        }
      }
      kept.end();
    } catch (IOException e) {
      return; // The tool has ended.
    }
  }
}
