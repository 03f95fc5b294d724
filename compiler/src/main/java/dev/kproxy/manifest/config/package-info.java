/// kube-proxy's own configuration: read, given its defaults and validated as kube-proxy 1.36 does
/// it.
///
/// | stage | what it decides |
/// |---|---|
/// | [ConfigurationReader] | which object it is; a ConfigMap is unwrapped |
/// | `ConfigurationDecoder` | the values of a file, by the types and paths of `Schema` |
/// | `FlagReader` | the values of flags, which win over those of a file |
/// | `Validation` | what kube-proxy refuses, and what no rule could hold |
///
/// Every value knows who gave it until the end, so that a fault points at a place of a file or at a
/// flag. What changes no rule is read and validated all the same, and then forgotten:
/// [ProxyConfiguration] holds the rest.
@NullMarked
package dev.kproxy.manifest.config;

import org.jspecify.annotations.NullMarked;
