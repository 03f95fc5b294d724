package dev.kproxy.simulate.iptables.walk;

/// How much is done for one packet before it is given up as undetermined: rules that are passed,
/// branches that wait at one time, and worlds, one for each answer to each question that nobody
/// told.
///
/// The largest rule sets of kube-proxy need a thousandth of it; what needs more was made to be slow
/// or asks many dozens of things that nobody told.
final class Limits {
  private static final int RULES = 50_000_000;
  private static final int BRANCHES = 200_000;
  private static final int WORLDS = 1_000;
  private static final int OUTCOMES = 100_000;

  private int rules;
  private int worlds;

  void rule() throws Exceeded {
    if (++rules > RULES) {
      throw new Exceeded("more than " + RULES + " rules to pass");
    }
  }

  void branches(int waiting) throws Exceeded {
    if (waiting > BRANCHES) {
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
