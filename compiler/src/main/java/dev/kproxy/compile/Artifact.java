package dev.kproxy.compile;

import dev.kproxy.net.Family;
import java.io.IOException;
import java.io.OutputStream;

/// One text that a tool of the host loads.
///
/// @param kind which tool
/// @param content the text, made while it is written
public record Artifact(Kind kind, Content content) {

  /// The tool that loads it; in the order in which they load.
  public enum Kind {
    /// Accounting objects.
    NFACCT("nfacct", "nfacct.restore"),
    /// Kernel settings.
    SYSCTL("sysctl", "sysctl.conf"),
    /// Sets that rules ask.
    IPSET("ipset", "ipset.restore"),
    /// IPv4 rules.
    IPTABLES("iptables", "iptables.rules"),
    /// IPv6 rules.
    IP6TABLES("ip6tables", "ip6tables.rules"),
    /// Virtual servers of IPVS.
    IPVSADM("ipvsadm", "ipvsadm.restore"),
    /// The interface that has the addresses of the virtual servers.
    IP("ip", "ip.batch");

    private final String text;
    private final String file;

    Kind(String text, String file) {
      this.text = text;
      this.file = file;
    }

    /// The rules of a family.
    public static Kind rulesOf(Family family) {
      return switch (family) {
        case IPV4 -> IPTABLES;
        case IPV6 -> IP6TABLES;
      };
    }

    /// The name of its file in a directory.
    public String file() {
      return file;
    }

    /// Whether it says where packets go, and is printed without being asked for.
    public boolean isRules() {
      return switch (this) {
        case IPSET, IPTABLES, IP6TABLES, IPVSADM -> true;
        case NFACCT, SYSCTL, IP -> false;
      };
    }

    /// Its name on the command line.
    @Override
    public String toString() {
      return text;
    }
  }

  /// A text that is made while it is written.
  @FunctionalInterface
  public interface Content {
    /// Writes the text, in UTF-8.
    void writeTo(OutputStream out) throws IOException;
  }
}
