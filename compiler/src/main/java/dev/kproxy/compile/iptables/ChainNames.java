package dev.kproxy.compile.iptables;

import dev.kproxy.net.Protocol;
import dev.kproxy.net.Sha256;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePortName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Makes the names of the chains of a Service port and its endpoints: a prefix and the first 80
/// bits of a SHA-256 in base 32, so that they fit the kernel's 28 bytes.
public final class ChainNames {
  /// What all names begin with.
  private static final String PREFIX = "KUBE-";

  private static final byte[] BASE32 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".getBytes(StandardCharsets.US_ASCII);
  private static final int LETTERS = 16;

  private static final MessageDigest SHA_256 = Sha256.digest();

  private final MessageDigest sha256;

  /// A maker of names, for one thread.
  public ChainNames() {
    try {
      sha256 = (MessageDigest) SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("Java's own SHA-256 is cloneable", e);
    }
  }

  /// What the chains of one Service port have in common: the hash of its name and protocol.
  String hash(ServicePortName name) {
    return hash(name.text(), name.protocol());
  }

  /// `KUBE-SEP-…`: the chain of one endpoint of a Service port.
  String endpoint(ServicePortName name, ServiceEndpoint endpoint) {
    return "KUBE-SEP-" + hash(name.text(), name.protocol(), endpoint.address());
  }

  /// What stands behind the prefix in the names of the chains of a Service port.
  ///
  /// @param portName its printed name; old releases end it with a colon where the port has none
  public String hash(String portName, Protocol protocol) {
    return hash(portName + protocol.lowerCase());
  }

  /// What stands behind the prefix in the name of the chain of an endpoint.
  ///
  /// @param portName as above
  /// @param address the endpoint's `ip:port`
  public String hash(String portName, Protocol protocol, String address) {
    return hash(portName + protocol.lowerCase() + address);
  }

  /// A number that orders names as their text does, as far as it goes: ten characters behind the
  /// prefix, which all are among the 64 from the blank on.
  static long rank(String name) {
    long rank = 0;
    for (int i = PREFIX.length(); i < PREFIX.length() + 10; i++) {
      rank = rank << 6 | (i < name.length() ? name.charAt(i) - ' ' : 0);
    }
    return rank;
  }

  private String hash(String text) {
    byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
    byte[] letters = new byte[LETTERS];
    long bits = 0;
    int held = 0;
    int next = 0;
    for (int i = 0; i < LETTERS; i++) {
      while (held < 5) {
        bits = bits << 8 | (digest[next++] & 0xff);
        held += 8;
      }
      held -= 5;
      letters[i] = BASE32[(int) (bits >>> held) & 31];
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }
}
