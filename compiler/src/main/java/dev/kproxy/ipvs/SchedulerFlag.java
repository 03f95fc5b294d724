package dev.kproxy.ipvs;

import java.util.Optional;

/// One of three switches of a virtual server; what it does is the scheduler's matter.
public enum SchedulerFlag {
  /// Of `sh` and `mh`: another real server is chosen where the client's own takes no connections.
  FIRST("flag-1", "fallback"),
  /// Of `sh` and `mh`: the client's port counts, too.
  SECOND("flag-2", "port"),
  /// Of no scheduler of the kernel.
  THIRD("flag-3", "");

  private final String text;
  private final String suffix;

  SchedulerFlag(String text, String suffix) {
    this.text = text;
    this.suffix = suffix;
  }

  /// The flag that ipvsadm reads so beside that scheduler.
  public static Optional<SchedulerFlag> parse(String text, String scheduler) {
    for (SchedulerFlag flag : values()) {
      if (text.equals(flag.text) || text.equals(flag.text(scheduler))) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  /// The spelling of ipvsadm beside that scheduler: `sh-port`, or `flag-2`.
  public String text(String scheduler) {
    boolean named = scheduler.equals("sh") || scheduler.equals("mh");
    return named && !suffix.isEmpty() ? scheduler + "-" + suffix : text;
  }
}
