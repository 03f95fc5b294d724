package dev.kproxy.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The ways in which a tool goes wrong.
enum ToolFault implements Altered.Alteration {
  /// It has vanished since kproxy looked for it.
  MISSING(""),
  NOT_EXECUTABLE("exit 126"),
  /// It does not know an option.
  OTHER_VERSION("echo \"$0: unknown option\" >&2; exit 2"),
  HANGS("exec sleep 60"),
  DOES_NOTHING("exit 0"),
  GARBAGE("head -c 4096 /dev/urandom; exit 0"),
  /// It does all that it should and says that it did not.
  FAILS_AFTERWARDS("\"$0\" \"$@\"; exit 1"),
  FLOODS("exec head -c 1G /dev/zero"),
  BINARY_ERRORS("head -c 4096 /dev/urandom >&2; exit 3"),
  DIES("kill -SEGV $$"),
  /// It sees the beginning of its input, and of its output only the beginning is seen.
  HALF("head -c 300 | \"$0\" \"$@\" | head -c 300"),
  /// What iptables-nft-save says of a table that nft has changed, and ends with 0.
  INCOMPATIBLE("echo \"# Table \\`nat' is incompatible, use 'nft' tool.\"; exit 0");

  private final String script;

  ToolFault(String script) {
    this.script = script;
  }

  @Override
  public ToolResult run(Host host, ToolCall call) throws HostFault {
    if (this == MISSING) {
      return host.run(ToolCall.reading("no-such-tool"));
    }
    List<String> words = new ArrayList<>(List.of("-c", script, call.tool()));
    words.addAll(call.arguments());
    Duration limit = this == HANGS ? Duration.ofMillis(300) : call.limit();
    return host.run(new ToolCall("sh", words, call.input(), limit, call.writes(), call.kept()));
  }
}
