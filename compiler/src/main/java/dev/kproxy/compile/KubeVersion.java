package dev.kproxy.compile;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A release of Kubernetes whose kube-proxy's rules kproxy makes. There is but one so far: it is
/// asked for and named, and no rule depends on it.
public enum KubeVersion {
  /// Kubernetes 1.36.
  V1_36("1.36");

  /// The newest known release.
  public static final KubeVersion NEWEST = V1_36;

  private static final Pattern SPELLING =
      Pattern.compile("v?(\\d{1,3}\\.\\d{1,3})(?:\\.\\d{1,3})?");

  private final String text;

  KubeVersion(String text) {
    this.text = text;
  }

  /// The release that `text` names: `1.36`, `v1.36` or, since patch releases make the same rules,
  /// `1.36.2`.
  public static Optional<KubeVersion> parse(String text) {
    Matcher matcher = SPELLING.matcher(text);
    if (matcher.matches()) {
      for (KubeVersion version : values()) {
        if (version.text.equals(matcher.group(1))) {
          return Optional.of(version);
        }
      }
    }
    return Optional.empty();
  }

  /// `1.36`.
  @Override
  public String toString() {
    return text;
  }
}
