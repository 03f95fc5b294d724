package dev.kproxy.manifest.config;

/// A flag of kube-proxy as the user gave it.
///
/// @param name its name without dashes, as `cluster-cidr`
/// @param value its value; of a truth value that was given bare, `true`
public record Flag(String name, String value) {
  /// `--cluster-cidr`.
  @Override
  public String toString() {
    return "--" + name;
  }
}
