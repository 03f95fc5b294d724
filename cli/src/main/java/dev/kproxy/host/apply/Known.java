package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.Transaction;
import java.util.Map;
import java.util.Optional;

/// What is written down of a host, as far as it is of this boot.
///
/// @param now what kproxy has put there, if anything
/// @param current its generation
/// @param pending what is left to do of the change before
/// @param ours sets, servers and addresses of ours, with those that a change before has left over
record Known(
    Optional<Installed> now,
    Optional<Generation> current,
    Optional<Transaction> pending,
    Balancer ours) {

  /// Reads it.
  static Known read(Host host, State state) throws HostFault {
    Host.Identity identity = host.identity();
    Optional<Installed> now = state.current().filter(installed -> identity.isOf(installed.epoch()));
    Optional<Generation> current =
        now.isPresent() ? state.generation(now.get().generation()) : Optional.empty();
    Optional<Transaction> pending = state.pending().filter(it -> identity.isOf(it.epoch()));
    Balancer left = pending.isPresent() ? left(state, pending.get()) : Balancer.NONE;
    Balancer ours = current.map(Generation::balancer).orElse(Balancer.NONE).or(left);
    return new Known(now, current, pending, ours);
  }

  /// What the host should have.
  Map<TableKey, TableText> tables() {
    return current.map(Generation::tables).orElse(Map.of());
  }

  private static Balancer left(State state, Transaction pending) throws HostFault {
    Optional<Generation> from = state.generation(pending.from());
    Optional<Generation> to = state.generation(pending.to());
    if (from.isEmpty() || to.isEmpty()) {
      return Balancer.NONE;
    }
    Balancer stays = to.get().balancer();
    return from.get()
        .balancer()
        .only(
            name -> !stays.sets().containsKey(name),
            address -> !stays.servers().containsKey(address),
            ip -> !stays.addresses().contains(ip),
            true);
  }
}
