package dev.kproxy.plan;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.List;

/// All that rules of one IP family are made of.
///
/// @param family the family
/// @param nodeIp the node's address, loopback where it is not known
/// @param detector how traffic of local Pods is told
/// @param nodePorts where node ports are reached
/// @param localhostNodePorts whether node ports answer on 127.0.0.1
/// @param masqueradeMark the packet mark that asks for masquerading: one bit
/// @param masqueradeAll whether all traffic to cluster IPs is masqueraded
/// @param dropsInvalid whether packets that connection tracking takes for invalid are dropped
/// @param services the Service ports in their order
/// @param largeCluster whether there are so many endpoints that comments are left out (over 1,000)
public record Plan(
    Family family,
    Ip nodeIp,
    LocalDetector detector,
    NodePortAddresses nodePorts,
    boolean localhostNodePorts,
    int masqueradeMark,
    boolean masqueradeAll,
    boolean dropsInvalid,
    List<ServicePlan> services,
    boolean largeCluster) {

  public Plan {
    services = List.copyOf(services);
  }
}
