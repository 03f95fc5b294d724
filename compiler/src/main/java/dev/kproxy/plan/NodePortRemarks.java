package dev.kproxy.plan;

import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;

/// What a user should know of where node ports are reached before relying on the rules: it hangs on
/// addresses of the node, of which not all may have been told.
public final class NodePortRemarks {
  private static final String OPTION = "--node-ip";

  private NodePortRemarks() {}

  /// The notes on the families whose Services have node ports.
  public static List<Diagnostic> of(
      List<Plan> plans, ProxyConfiguration configuration, NodeFacts node) {
    List<Diagnostic> notes = new ArrayList<>();
    for (Plan plan : plans) {
      if (plan.services().stream().anyMatch(service -> service.frontend().nodePort() != 0)) {
        remark(plan, configuration, node, notes);
      }
    }
    return List.copyOf(notes);
  }

  /// In iptables mode.
  private static boolean isReached(Ip ip, Plan plan) {
    return !ip.isLoopback() || plan.localhostNodePorts();
  }

  private static void remark(
      Plan plan, ProxyConfiguration configuration, NodeFacts node, List<Diagnostic> notes) {
    Family family = plan.family();
    boolean balanced = configuration.mode() == Mode.IPVS;
    boolean lacking =
        balanced
            ? plan.nodePorts().balanced(node.ownAddresses(family)).isEmpty()
            : !plan.nodePorts().matchAll()
                && plan.nodePorts().ips().stream().noneMatch(ip -> isReached(ip, plan));
    if (lacking) {
      notes.add(
          Diagnostic.note(
              Code.NO_NODE,
              OPTION,
              "no known "
                  + family
                  + " address of the node takes node ports, so "
                  + (balanced ? "they have no virtual servers" : "no rule leads to them")
                  + "; --node-ip and --addresses name more"));
    } else if (configuration.primaryNodePortAddress() && !node.ips().containsKey(family)) {
      notes.add(
          Diagnostic.note(
              Code.NO_NODE,
              OPTION,
              "nodePortAddresses is primary, but which "
                  + family
                  + " address of the node that is, is not told, so all of them take node ports"));
    }
  }
}
