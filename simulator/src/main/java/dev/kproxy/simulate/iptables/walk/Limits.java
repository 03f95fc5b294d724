package dev.kproxy.simulate.iptables.walk;

/// How much is done for one packet before it is given up as undetermined: rules that are passed,
/// branches that wait or have ended in one world, and worlds, one for each answer to each question
/// that nobody told.
///
/// The largest rule sets of kube-proxy need a hundredth of it; what needs more was made to be slow
/// or asks many dozens of things that nobody told.
final class Limits {
  private static final int RULES = 50_000_000;

  /// The same where each of them may be kept as a step of a path.
  private static final int STEPS = 2_000_000;

  private static final int BRANCHES = 200_000;
  private static final int WORLDS = 1_000;
  private static final int OUTCOMES = 100_000;

  private final int mostRules;
  private int rules;
  private int worlds;

  /// @param paths whether the ways of the packet are kept
  Limits(boolean paths) {
    mostRules = paths ? STEPS : RULES;
  }

  void rule() throws Exceeded {
    if (++rules > mostRules) {
      throw new Exceeded("more than " + mostRules + " rules to pass");
    }
  }

  void branches(int count) throws Exceeded {
    if (count > BRANCHES) {
      throw new Exceeded("more than " + BRANCHES + " ways that the packet may take");
    }
  }

  void world() throws Exceeded {
    if (++worlds > WORLDS) {
      throw new Exceeded("more than " + WORLDS + " cases of what is not given");
    }
  }

  static void outcomes(long count) throws Exceeded {
    if (count > OUTCOMES) {
      throw new Exceeded("more than " + OUTCOMES + " outcomes in the cases of what is not given");
    }
  }

  /// A packet is given up.
  static final class Exceeded extends Exception {
    private static final long serialVersionUID = 1;

    Exceeded(String message) {
      super(message);
    }
  }
}
