package dev.kproxy.simulate.ipvs;

import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.SchedulerFlag;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// What the schedulers of ip_vs choose for new connections.
///
/// | scheduler | shares of the servers that have a weight | kind |
/// |---|---|---|
/// | `rr` | equal | long-run |
/// | `wrr` | by weight | long-run |
/// | `sh`, `mh` | by weight, as clients are many | by-client |
/// | `dh` | equal: one address leads to one server, nobody knows which | by-client |
/// | `lc`, `nq` | equal | by-load |
/// | `wlc`, `sed`, `lblc`, `lblcr`, `twos` | by weight | by-load |
/// | `fo`, `ovf` | the highest weight takes all | by-load |
///
/// A server of weight 0 takes no new connections. Where `sh` or `dh` lead to one nevertheless, the
/// client is refused, unless `sh-fallback` looks on.
public final class Scheduling {
  private Scheduling() {}

  /// One thing that a scheduler may do.
  ///
  /// @param server empty where it finds none
  public record Choice(Optional<RealServer> server, Fraction probability, Share share) {}

  /// What may be done with a new connection; empty where nobody knows the scheduler. The
  /// probabilities sum to 1.
  public static Optional<List<Choice>> choices(VirtualServer virtual) {
    List<RealServer> all = virtual.servers();
    List<RealServer> willing = all.stream().filter(it -> it.weight() > 0).toList();
    boolean looksOn = virtual.flags().contains(SchedulerFlag.FIRST);
    return switch (virtual.scheduler()) {
      case "rr" -> shared(virtual, willing, _ -> 1, Share.LONG_RUN);
      case "wrr" -> shared(virtual, willing, RealServer::weight, Share.LONG_RUN);
      case "sh" ->
          looksOn
              ? shared(virtual, willing, RealServer::weight, Share.BY_CLIENT)
              : shared(virtual, all, it -> Math.max(1, it.weight()), Share.BY_CLIENT);
      case "mh" -> shared(virtual, willing, RealServer::weight, Share.BY_CLIENT);
      case "dh" -> shared(virtual, all, _ -> 1, Share.BY_CLIENT);
      case "lc", "nq" -> shared(virtual, willing, _ -> 1, Share.BY_LOAD);
      case "wlc", "sed", "lblc", "lblcr", "twos" ->
          shared(virtual, willing, RealServer::weight, Share.BY_LOAD);
      case "fo", "ovf" -> shared(virtual, heaviest(willing), _ -> 1, Share.BY_LOAD);
      default -> willing.isEmpty() ? refused() : Optional.empty();
    };
  }

  private static List<RealServer> heaviest(List<RealServer> servers) {
    int most = servers.stream().mapToInt(RealServer::weight).max().orElse(0);
    return servers.stream().filter(it -> it.weight() == most).toList();
  }

  private static Optional<List<Choice>> refused() {
    return Optional.of(List.of(new Choice(Optional.empty(), Fraction.ONE, Share.EXACT)));
  }

  /// A single server, or none, is no matter of shares.
  private static Optional<List<Choice>> shared(
      VirtualServer virtual,
      List<RealServer> servers,
      ToIntFunction<RealServer> parts,
      Share kind) {
    long sum = servers.stream().mapToLong(parts::applyAsInt).sum();
    if (sum == 0) {
      return refused();
    }
    boolean thresholds = servers.stream().anyMatch(it -> it.upperThreshold() > 0);
    Share share = servers.size() == 1 ? Share.EXACT : kind;
    share =
        virtual.persistence().isPresent() && servers.size() > 1
            ? share.and(Share.BY_CLIENT)
            : share;
    share = thresholds ? share.and(Share.BY_LOAD) : share;
    List<Choice> choices = new ArrayList<>(servers.size());
    for (RealServer server : servers) {
      Fraction probability = Fraction.of(parts.applyAsInt(server), sum);
      Optional<RealServer> chosen = server.weight() > 0 ? Optional.of(server) : Optional.empty();
      choices.add(new Choice(chosen, probability, share));
    }
    return Optional.of(choices);
  }
}
