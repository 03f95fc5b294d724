package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.iptables.flow.Trail;
import org.jspecify.annotations.Nullable;

/// The packets that come to one place, by whatever ways.
///
/// @param probability their share of all packets
/// @param share what the probability means
/// @param path the likeliest of their ways; null where it has no step, or steps are not kept
/// @param pathProbability the share of those that took it
record Portion(
    Fraction probability, Share share, @Nullable Trail<Step> path, Fraction pathProbability) {
  /// All packets, at their beginning.
  static final Portion ALL = new Portion(Fraction.ONE, Share.EXACT, null, Fraction.ONE);

  /// Those of them that a draw is for.
  Portion drawn(Fraction chance, Share kind) {
    return new Portion(
        probability.times(chance), share.and(kind), path, pathProbability.times(chance));
  }

  /// The same after a step.
  Portion after(Step step) {
    return new Portion(probability, share, new Trail<>(step, path), pathProbability);
  }

  /// Those of them that go on as others did from here.
  Portion then(Portion next) {
    return new Portion(
        probability.times(next.probability),
        share.and(next.share),
        Trail.join(path, next.path),
        pathProbability.times(next.pathProbability));
  }

  /// These packets and others.
  Portion plus(Portion other) {
    boolean isLikelier = other.pathProbability.compareTo(pathProbability) > 0;
    return new Portion(
        probability.plus(other.probability),
        share.and(other.share),
        isLikelier ? other.path : path,
        isLikelier ? other.pathProbability : pathProbability);
  }
}
