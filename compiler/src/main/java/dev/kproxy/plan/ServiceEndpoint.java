package dev.kproxy.plan;

import dev.kproxy.manifest.Endpoint;
import dev.kproxy.net.Ip;

/// An endpoint as one Service port sees it: with the port number of its slice.
///
/// @param inSlice what the slice says of it
/// @param port its port
/// @param local whether it runs on this node
/// @param address `ip:port`, by which endpoints are ordered and named
public record ServiceEndpoint(Endpoint inSlice, int port, boolean local, String address) {

  ServiceEndpoint(Endpoint inSlice, int port, boolean local) {
    this(inSlice, port, local, inSlice.ip().withPort(port));
  }

  /// Its address without the port.
  public Ip ip() {
    return inSlice.ip();
  }

  /// Whether it takes new connections.
  public boolean isReady() {
    return inSlice.ready();
  }

  /// Whether it may be used when no endpoint is ready: it is on its way out, but still answers.
  public boolean isLastResort() {
    return inSlice.serving() && inSlice.terminating();
  }
}
