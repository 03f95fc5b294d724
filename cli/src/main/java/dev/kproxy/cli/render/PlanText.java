package dev.kproxy.cli.render;

import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.ServiceChange;
import dev.kproxy.host.rules.HookChange;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.net.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// A plan for people.
public final class PlanText {
  private static final int SHOWN = 8;

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
  ///
  /// @param time how long an apply takes
  public String print(Duration time) {
    if (plan.isEmpty()) {
      return "No changes: the host has what it should have.\n";
    }
    out.append(
        String.format(
            Locale.ROOT, "An apply takes about %.1f s here.%n%n", time.toMillis() / 1000.0));
    plan.tables().stream()
        .map(Plan.Step::change)
        .filter(change -> !change.isEmpty())
        .forEach(this::print);
    printMarked();
    for (String line : new BalancerPlan(plan.balancer()).lines()) {
      out.append(Printable.escape(line)).append('\n');
    }
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
    if (plan.flows()) {
      out.append("connection tracking\n");
      line("- UDP flows to endpoints that serve no more");
    }
    List<ServiceChange> services = plan.effect().services();
    if (!services.isEmpty()) {
      out.append("Services\n");
      services.forEach(this::print);
    }
    out.append('\n')
        .append(
            "Plan: chains: %d to add, %d to change, %d to remove; settings: %d"
                .formatted(added, changed, removed, plan.sysctls().size()));
    BalancerChange balancer = plan.balancer();
    if (!balancer.isEmpty()) {
      out.append(
          "; sets: %d; virtual servers: %d; addresses: %d"
              .formatted(
                  balancer.sets().size(),
                  balancer.servers().size(),
                  balancer.bound().size() + balancer.unbound().size()));
    }
    return out.append(".\n").toString();
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

  /// Where only sets and servers change, one table gets another marker, which nobody cares about.
  private void printMarked() {
    List<String> marked =
        plan.tables().stream()
            .map(Plan.Step::change)
            .filter(TableChange::isEmpty)
            .map(change -> change.key().toString())
            .toList();
    if (!marked.isEmpty() && plan.balancer().isEmpty()) {
      out.append(String.join(", ", marked))
          .append(": the rules stay, and are marked as kproxy's\n");
    }
  }

  private void print(HookChange hook) {
    hook.deleted().forEach(rule -> line("- -A " + hook.chain() + " " + rule));
    hook.inserted().forEach(it -> line("+ -A " + hook.chain() + " " + it.rule()));
  }

  private void print(ServiceChange service) {
    if (service.isAdded()) {
      line("+ " + service.name() + ": " + String.join(", ", service.after().captures()));
    } else if (service.isRemoved()) {
      line("- " + service.name() + ": new connections to it are served no more");
    } else {
      line("~ " + service.name());
    }
    service.capturesRemoved().forEach(it -> line("    no more at " + it));
    if (!service.isAdded()) {
      service.capturesAdded().forEach(it -> line("    now also at " + it));
    }
    endpoints("    new connections go also to ", service.endpointsAdded());
    endpoints("    no new connections go to ", service.endpointsRemoved());
  }

  private void endpoints(String what, List<String> endpoints) {
    if (!endpoints.isEmpty()) {
      String more = endpoints.size() > SHOWN ? " and " + (endpoints.size() - SHOWN) + " more" : "";
      line(what + String.join(", ", endpoints.stream().limit(SHOWN).toList()) + more);
    }
  }

  private static String rules(int count) {
    return count == 1 ? "1 rule" : count + " rules";
  }

  private void line(String text) {
    out.append("  ").append(Printable.escape(text)).append('\n');
  }
}
