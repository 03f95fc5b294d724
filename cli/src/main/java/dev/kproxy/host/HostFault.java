package dev.kproxy.host;

/// Why a step on the host did not succeed, in one line that is fit to be shown.
public final class HostFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// What kind of fault it is; each has an exit code of its own.
  public enum Kind {
    /// A tool failed or is missing.
    TOOL,
    /// The kernel or the file system does not allow it.
    PRIVILEGE,
    /// A lock or a tool took too long.
    TIME,
    /// It could be done, but would harm.
    REFUSED
  }

  /// A fault of that kind.
  public HostFault(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// What kind of fault it is.
  public Kind kind() {
    return kind;
  }

  /// One line without a full stop; text of tools in it is not yet escaped.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// A refusal.
  public static HostFault refused(String message) {
    return new HostFault(Kind.REFUSED, message);
  }
}
