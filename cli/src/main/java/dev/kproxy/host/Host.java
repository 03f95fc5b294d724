package dev.kproxy.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A network namespace, and the tools that read and change it.
public interface Host {
  /// Runs a tool to its end.
  ///
  /// @throws HostFault where it is missing, cannot start, or takes too long; an exit status is no
  ///   fault here
  ToolResult run(ToolCall call) throws HostFault;

  /// Runs a tool that must succeed.
  ///
  /// @throws HostFault where it does not
  default ToolResult require(ToolCall call) throws HostFault {
    ToolResult result = run(call);
    result.require(call);
    return result;
  }

  /// Starts a tool that goes on by itself, on no stream of ours, and waits until it says something,
  /// which is not kept.
  ///
  /// @throws HostFault where it is missing, cannot start, or says nothing in its time
  void start(ToolCall call) throws HostFault;

  /// Whether a tool is installed.
  boolean has(String tool);

  /// Waits until no tool that writes is left over from a process that was killed.
  ///
  /// @throws HostFault where one does not end
  void awaitOrphans() throws HostFault;

  /// A new, empty network namespace that lives until it is closed.
  ///
  /// @throws HostFault where that is not allowed here
  Scratch scratch() throws HostFault;

  /// Which network namespace of which boot this is.
  Identity identity() throws HostFault;

  /// The host's name, as the kernel has it.
  String name() throws HostFault;

  /// The number of CPUs.
  int cpus();

  /// Those of the capabilities that the process does not have.
  List<Capability> lacking(List<Capability> capabilities) throws HostFault;

  /// Why a kube-proxy seems to run in this namespace; empty where none does.
  String liveKubeProxy() throws HostFault;

  /// The time, on a clock that may be set to another one.
  Instant now();

  /// How long ago the boot was. Nobody sets that.
  Duration uptime() throws HostFault;

  /// Which network namespace of which boot something is in.
  ///
  /// @param namespace the number of the namespace; `host` where it is that of the first process
  /// @param sure whether that could be told: where not, a number may stand for `host`
  /// @param boot the kernel's number of this boot
  /// @param life tells it from namespaces that had its number before, in one boot; empty where
  ///   nothing does
  record Identity(String namespace, boolean sure, String boot, String life) {
    /// What to write down beside what is put there, which is gone when this has changed.
    public String epoch() {
      return life.isEmpty() ? boot : boot + " " + life;
    }

    /// Whether what was written down in that epoch is of this namespace in this boot. An earlier
    /// kproxy wrote the boot alone.
    public boolean isOf(String epoch) {
      return epoch.equals(epoch()) || epoch.equals(boot);
    }

    /// Whether what was written down in that epoch is of a namespace that is gone, and had the same
    /// number. `host` comes back, as after a boot.
    public boolean succeeds(String epoch) {
      return !isOf(epoch) && epoch.startsWith(boot + " ") && !namespace.equals("host");
    }
  }

  /// A namespace for rehearsals.
  interface Scratch extends AutoCloseable {
    /// The same tools in that namespace.
    Host host();

    /// Ends the namespace.
    @Override
    void close();
  }

  /// A privilege of a process.
  enum Capability {
    /// Changes networks and rules.
    CAP_NET_ADMIN(12),
    /// Uses raw sockets, which iptables-legacy does.
    CAP_NET_RAW(13);

    private final int bit;

    Capability(int bit) {
      this.bit = bit;
    }

    /// Its place in the masks of `/proc/self/status`.
    public int bit() {
      return bit;
    }
  }
}
