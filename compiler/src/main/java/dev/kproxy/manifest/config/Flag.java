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

  /// A flag that kube-proxy has, from which a command line can be built.
  ///
  /// @param name its name without dashes
  /// @param placeholder what stands for its value in a usage line, as `CIDR[,CIDR]`
  /// @param description one line without a full stop
  /// @param isBoolean whether it may be given bare, which means `true`
  public record Definition(
      String name, String placeholder, String description, boolean isBoolean) {}
}
