package dev.kproxy.plan;

import dev.kproxy.net.Protocol;

/// What identifies a Service port: two ports of one Service differ in name or protocol.
///
/// The order is that of the rules in chains which many Services share: by the printed name, byte by
/// byte, then by protocol.
///
/// @param namespace the Service's namespace
/// @param service the Service's name
/// @param port the port's name, or empty
/// @param protocol the port's protocol
/// @param text the printed name: `namespace/service:port`, without the colon where the port has no
///   name
public record ServicePortName(
    String namespace, String service, String port, Protocol protocol, String text)
    implements Comparable<ServicePortName> {

  public ServicePortName(String namespace, String service, String port, Protocol protocol) {
    this(
        namespace,
        service,
        port,
        protocol,
        namespace + "/" + service + (port.isEmpty() ? "" : ":" + port));
  }

  /// `NAMESPACE/NAME` of the Service.
  public String namespacedName() {
    return namespace + "/" + service;
  }

  @Override
  public int compareTo(ServicePortName other) {
    int byText = text.compareTo(other.text);
    return byText != 0 ? byText : protocol.lowerCase().compareTo(other.protocol.lowerCase());
  }

  @Override
  public String toString() {
    return text;
  }
}
