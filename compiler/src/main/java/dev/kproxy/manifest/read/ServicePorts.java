package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.ServicePort;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.net.Code;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the ports of a Service.
final class ServicePorts {
  static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  private final Pool pool;

  ServicePorts(Pool pool) {
    this.pool = pool;
  }

  /// The ports of `spec`; what is wrong with them is reported.
  List<ServicePort> read(Fields spec, Service.Type type) {
    List<Fields> given = spec.objects("ports");
    List<ServicePort> ports = new ArrayList<>(given.size());
    Set<String> names = new HashSet<>();
    for (Fields port : given) {
      check(port, given.size() > 1, type, names);
      ports.add(
          new ServicePort(
              pool.share(port.text("name")),
              Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
              port.number("port", 0),
              port.number("nodePort", 0)));
    }
    checkUnique(given, ports);
    return sharesNodePorts(spec, type) ? withSharedNodePorts(ports) : ports;
  }

  private static void check(Fields port, boolean named, Service.Type type, Set<String> names) {
    String name = port.text("name");
    if (!name.isEmpty()) {
      port.checkForm("name", Form.LABEL);
      if (!names.add(name)) {
        port.fault(Code.DUPLICATE, "name", "another port has the same name");
      }
    } else if (named) {
      port.fault(Code.REQUIRED, "name", "must be there where a Service has several ports");
    }
    port.checkPort("port");
    if (!port.text("protocol").isEmpty()) {
      port.checkOneOf("protocol", PROTOCOLS);
    }
    checkTarget(port);
    port.checkForm("appProtocol", Form.QUALIFIED_NAME);
    int nodePort = port.number("nodePort", 0);
    if (nodePort != 0 && type == Service.Type.CLUSTER_IP) {
      port.fault(Code.FORBIDDEN, "nodePort", "a Service of type ClusterIP has none");
    } else if (nodePort != 0) {
      port.checkPort("nodePort");
    }
  }

  /// A target of 0 or without text is the port itself.
  private static void checkTarget(Fields port) {
    if (!port.text("targetPort").isEmpty()) {
      port.checkForm("targetPort", Form.PORT_NAME);
    } else if (port.number("targetPort", 0) != 0) {
      port.checkPort("targetPort");
    }
  }

  private static void checkUnique(List<Fields> given, List<ServicePort> ports) {
    Set<String> numbers = new HashSet<>();
    Set<String> nodePorts = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      ServicePort port = ports.get(i);
      if (!numbers.add(port.protocol() + " " + port.port())) {
        String message = "another port has the same number and protocol";
        given.get(i).fault(Code.DUPLICATE, message);
      }
      if (port.nodePort() != 0 && !nodePorts.add(port.protocol() + " " + port.nodePort())) {
        String message = port.nodePort() + " is another port's, of the same protocol";
        given.get(i).fault(Code.DUPLICATE, "nodePort", message);
      }
    }
  }

  private static boolean sharesNodePorts(Fields spec, Service.Type type) {
    return type == Service.Type.NODE_PORT
        || (type == Service.Type.LOAD_BALANCER && spec.flag("allocateLoadBalancerNodePorts", true));
  }

  /// Ports of one number but several protocols share a node port: where one of them has it, the API
  /// server gives it to the others.
  private static List<ServicePort> withSharedNodePorts(List<ServicePort> ports) {
    Map<Integer, Integer> nodePorts = new HashMap<>();
    for (ServicePort port : ports) {
      if (port.nodePort() != 0) {
        nodePorts.putIfAbsent(port.port(), port.nodePort());
      }
    }
    ports.replaceAll(
        port ->
            port.nodePort() != 0
                ? port
                : new ServicePort(
                    port.name(),
                    port.protocol(),
                    port.port(),
                    nodePorts.getOrDefault(port.port(), 0)));
    return ports;
  }
}
