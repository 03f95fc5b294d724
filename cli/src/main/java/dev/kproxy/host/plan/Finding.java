package dev.kproxy.host.plan;

/// One thing on a host that is not as it was applied.
///
/// @param place where: a table, a chain and the number of a rule, a setting
/// @param message what is not as it was
public record Finding(String place, String message) {}
