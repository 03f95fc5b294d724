package dev.kproxy.cli.render;

import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.rules.HookChange;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.net.Printable;

/// A plan for people.
public final class PlanText {
  private final Plan plan;
  private final StringBuilder out = new StringBuilder();
  private int added;
  private int changed;
  private int removed;

  /// A printer of a plan.
  public PlanText(Plan plan) {
    this.plan = plan;
  }

  /// The text.
  public String print() {
    if (plan.isEmpty()) {
      return "No changes: the host has what it should have.\n";
    }
    plan.tables().forEach(step -> print(step.change()));
    if (!plan.sysctls().isEmpty()) {
      out.append("settings\n");
      plan.sysctls()
          .forEach(
              (name, written) ->
                  line("~ " + name + " " + written.before() + " -> " + written.after()));
    }
    if (!plan.counters().isEmpty() || !plan.dropped().isEmpty()) {
      out.append("counters\n");
      plan.counters().forEach(name -> line("+ " + name));
      plan.dropped().forEach(name -> line("- " + name));
    }
    return out.append('\n')
        .append(
            "Plan: chains: %d to add, %d to change, %d to remove; settings: %d.\n"
                .formatted(added, changed, removed, plan.sysctls().size()))
        .toString();
  }

  private void print(TableChange change) {
    out.append(change.key()).append('\n');
    change.added().forEach((chain, rules) -> line("+ " + chain + " (" + rules(rules.size()) + ")"));
    change
        .changed()
        .forEach((chain, rules) -> line("~ " + chain + " (" + rules(rules.size()) + ")"));
    change.removed().forEach(chain -> line("- " + chain));
    change.hooks().forEach(this::print);
    added += change.added().size();
    changed += change.changed().size();
    removed += change.removed().size();
  }

  private void print(HookChange hook) {
    hook.deleted().forEach(rule -> line("- -A " + hook.chain() + " " + rule));
    hook.inserted().forEach(it -> line("+ -A " + hook.chain() + " " + it.rule()));
  }

  private static String rules(int count) {
    return count == 1 ? "1 rule" : count + " rules";
  }

  private void line(String text) {
    out.append("  ").append(Printable.escape(text)).append('\n');
  }
}
