package dev.kproxy.host;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A host whose tools print what a test says, and which has room for little of it.
public final class Scripted implements Host {
  private static final int ROOM = 4096;

  private final Function<ToolCall, String> script;
  private final List<ToolCall> written = new ArrayList<>();

  /// @param script what a run prints
  public Scripted(Function<ToolCall, String> script) {
    this.script = script;
  }

  /// The runs that changed something.
  public List<ToolCall> written() {
    return List.copyOf(written);
  }

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    if (call.writes()) {
      written.add(call);
    }
    KeptOutput output = new KeptOutput(call.kept(), ROOM);
    byte[] printed = script.apply(call).getBytes(StandardCharsets.UTF_8);
    output.take(printed, printed.length);
    output.end();
    if (output.isFlooded()) {
      throw new HostFault(HostFault.Kind.TOOL, call.tool() + " printed more than is read");
    }
    return new ToolResult(0, output.toString(), "");
  }

  @Override
  public void start(ToolCall call) {}

  @Override
  public boolean has(String tool) {
    return true;
  }

  @Override
  public void awaitOrphans() {}

  @Override
  public Scratch scratch() throws HostFault {
    throw new HostFault(HostFault.Kind.PRIVILEGE, "none here");
  }

  @Override
  public Identity identity() {
    return new Identity("host", true, "boot", "");
  }

  @Override
  public String name() {
    return "n1";
  }

  @Override
  public int cpus() {
    return 1;
  }

  @Override
  public List<Capability> lacking(List<Capability> capabilities) {
    return List.of();
  }

  @Override
  public String liveKubeProxy() {
    return "";
  }

  @Override
  public Instant now() {
    return Instant.EPOCH;
  }

  @Override
  public Duration uptime() {
    return Duration.ZERO;
  }
}
