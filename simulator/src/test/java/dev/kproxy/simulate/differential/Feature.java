package dev.kproxy.simulate.differential;

/// What not every random rule set has, since it makes answers loose.
enum Feature {
  /// `-m statistic --mode random`: packets are sent so often that shares can be told.
  DRAWS,
  /// `-m statistic --mode nth`, whose phase the answers of other rules disturb.
  COUNTERS,
  /// `-m limit`: undetermined.
  LIMITS,
  /// `-m recent`: packets go one by one, and lists are emptied in between.
  RECENT,
  /// `-j NOTRACK`: there are no replies.
  UNTRACKED
}
