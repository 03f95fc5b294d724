package dev.kproxy.manifest;

import dev.kproxy.net.Protocol;

/// One port of a Service. The target port is no part of it: EndpointSlices carry the resolved
/// number.
///
/// @param name its name, or empty
/// @param protocol its protocol
/// @param port the port at the Service's own addresses
/// @param nodePort the port at every node's addresses, or 0
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {}
