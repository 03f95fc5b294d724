package dev.kproxy.simulate;

import dev.kproxy.ipvs.VirtualServer;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a virtual server of IPVS chose a real one: what shows in many packets, not in one.
///
/// @param scheduler who chose, with its flags; empty where there was only one to choose
/// @param persistence how long a client keeps what was chosen for it
public record Selection(String scheduler, Optional<VirtualServer.Persistence> persistence) {
  /// How a virtual server chooses.
  public static Selection of(VirtualServer virtual) {
    String flags =
        virtual.flags().stream()
            .map(flag -> "," + flag.text(virtual.scheduler()))
            .collect(Collectors.joining());
    return new Selection(
        virtual.servers().size() > 1 ? virtual.scheduler() + flags : "", virtual.persistence());
  }
}
