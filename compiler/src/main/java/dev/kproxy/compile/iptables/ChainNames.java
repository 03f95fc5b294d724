package dev.kproxy.compile.iptables;

import dev.kproxy.net.Protocol;
import dev.kproxy.net.Sha256;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePortName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// Makes the names of the chains of a Service port and its endpoints: a prefix and the first 80
/// bits of a SHA-256 in base 32, so that they fit the kernel's 28 bytes.
public final class ChainNames {
  /// What all names begin with.
  private static final String PREFIX = "KUBE-";

  private static final String ENDPOINT = PREFIX + "SEP-";

  private static final byte[] BASE32 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".getBytes(StandardCharsets.US_ASCII);
  private static final int LETTERS = 16;

  /// How many bits [#rank(String)] has.
  static final int RANK_BITS = 48;

  private static final MessageDigest SHA_256 = Sha256.digest();

  private final MessageDigest sha256;

  /// Looks for SHA-256, which takes Java several milliseconds the first time.
  public static void prepare() {
    new ChainNames();
  }

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
    return named(ENDPOINT, name.text(), name.protocol().lowerCase(), endpoint.address());
  }

  /// What stands behind the prefix in the names of the chains of a Service port.
  ///
  /// @param portName its printed name; old releases end it with a colon where the port has none
  public String hash(String portName, Protocol protocol) {
    return named("", portName, protocol.lowerCase(), "");
  }

  /// What stands behind the prefix in the name of the chain of an endpoint.
  ///
  /// @param portName as above
  /// @param address the endpoint's `ip:port`
  public String hash(String portName, Protocol protocol, String address) {
    return named("", portName, protocol.lowerCase(), address);
  }

  /// A number that orders names as their text does, as far as it goes: eight characters behind the
  /// prefix, each of which has to be among the 64 from the blank on, as all of kube-proxy's are. It
  /// has [#RANK_BITS] bits.
  static long rank(String name) {
    long rank = 0;
    for (int i = PREFIX.length(); i < PREFIX.length() + RANK_BITS / 6; i++) {
      rank = rank << 6 | (i < name.length() ? name.charAt(i) - ' ' : 0);
    }
    return rank;
  }

  /// A prefix and the hash of three texts, one behind the other.
  private String named(String prefix, String portName, String protocol, String address) {
    sha256.update(portName.getBytes(StandardCharsets.UTF_8));
    sha256.update(protocol.getBytes(StandardCharsets.UTF_8));
    byte[] digest = sha256.digest(address.getBytes(StandardCharsets.UTF_8));
    int start = prefix.length();
    byte[] letters = Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII), start + LETTERS);
    long bits = 0;
    int held = 0;
    int next = 0;
    for (int i = start; i < letters.length; i++) {
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
