/// kube-proxy's own configuration: read, given its defaults and validated as kube-proxy does it.
@NullMarked
package dev.kproxy.manifest.config;

import org.jspecify.annotations.NullMarked;
