package dev.kproxy.host.apply;

import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import java.time.Duration;
import java.util.Optional;

/// A change of the host that is thought through and not begun.
///
/// @param verb the command that wants it
/// @param from what the host has in the places of ours
/// @param to what it shall have
/// @param plan the way from one to the other
/// @param next what is written down when it is done; empty where nothing of ours stays. It names
///   generations that are not kept yet, so they stand beside it.
/// @param before what stood there before kproxy came; of no account where nothing changes
/// @param left how long the change will take
/// @param drain how long connections to what goes have time to end
record Draft(
    Verb verb,
    Generation from,
    Generation to,
    Plan plan,
    Optional<Installed> next,
    Generation before,
    Duration left,
    Duration drain) {}
