package dev.kproxy.plan;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.net.Ip;

/// An endpoint as one Service port sees it: with the port number of its slice.
///
/// @param endpoint what the slice says of it
/// @param port its port
/// @param local whether it runs on this node
/// @param address `ip:port`, by which backends are ordered and named
public record Backend(Endpoint endpoint, int port, boolean local, String address) {

  Backend(Endpoint endpoint, int port, boolean local) {
    this(endpoint, port, local, endpoint.ip().withPort(port));
  }

  /// Its address without the port.
  public Ip ip() {
    return endpoint.ip();
  }

  /// Whether it takes new connections.
  public boolean isReady() {
    return endpoint.ready();
  }

  /// Whether it may be used when no endpoint is ready: it is on its way out, but still answers.
  public boolean isLastResort() {
    return endpoint.serving() && endpoint.terminating();
  }
}
