package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.iptables.chain.PreparedRule;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.target.Deeds;

/// What branches leave behind on their way, where anybody wants to know it.
///
/// @param kept whether anybody does
record Footsteps(boolean kept) {
  /// The end of a chain whose policy drops.
  void policy(Branch branch) {
    if (kept) {
      append(
          branch,
          new Step.Policy(
              branch.stage.hook(),
              branch.stage.table(),
              "drop",
              branch.flow.header(),
              branch.flow.mark().bits()));
    }
  }

  /// A rule that held, and the packet after it.
  void hit(Branch branch, PreparedRule rule, Flow after) {
    if (kept) {
      append(
          branch,
          new Step.Hit(
              place(branch, rule),
              Deeds.text(rule.rule().action(), after),
              after.header(),
              after.mark().bits()));
    }
  }

  /// What the kernel itself did.
  void note(Branch branch, String action) {
    if (kept) {
      append(
          branch,
          new Step.Kernel(
              branch.stage.hook(), action, branch.flow.header(), branch.flow.mark().bits()));
    }
  }

  private static void append(Branch branch, Step step) {
    branch.portion = branch.portion.after(step);
  }

  /// Where a rule stands.
  static Step.Place place(Branch branch, PreparedRule rule) {
    return new Step.Place(
        branch.stage.hook(),
        branch.stage.table(),
        branch.chain == null ? "" : branch.chain.name(),
        branch.rule + 1,
        rule.rule());
  }
}
