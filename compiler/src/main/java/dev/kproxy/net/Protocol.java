package dev.kproxy.net;

import java.util.Locale;
import java.util.Optional;

/// A transport protocol of a Service port.
public enum Protocol {
  /// RFC 9293, IP protocol 6.
  TCP,
  /// RFC 768, IP protocol 17.
  UDP,
  /// RFC 9260, IP protocol 132.
  SCTP;

  private final String lowerCase = name().toLowerCase(Locale.ROOT);

  /// The protocol that the Kubernetes API spells so; case counts.
  public static Optional<Protocol> parse(String text) {
    return switch (text) {
      case "TCP" -> Optional.of(TCP);
      case "UDP" -> Optional.of(UDP);
      case "SCTP" -> Optional.of(SCTP);
      default -> Optional.empty();
    };
  }

  /// The spelling of netfilter's tools and of kube-proxy's hashes: `tcp`, `udp`, `sctp`.
  public String lowerCase() {
    return lowerCase;
  }
}
