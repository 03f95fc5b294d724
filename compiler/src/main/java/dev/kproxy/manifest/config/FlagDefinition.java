package dev.kproxy.manifest.config;

/// A flag that kube-proxy has, from which a command line can be built.
///
/// @param name its name without dashes, as `cluster-cidr`
/// @param placeholder what stands for its value in a usage line, as `CIDR[,CIDR]`
/// @param description one line without a full stop
/// @param isBoolean whether it may be given bare, which means `true`
public record FlagDefinition(
    String name, String placeholder, String description, boolean isBoolean) {}
