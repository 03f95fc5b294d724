/// The objects of Kubernetes that make rules, as records that hold just what kube-proxy reads of
/// them.
@NullMarked
package dev.kproxy.manifest;

import org.jspecify.annotations.NullMarked;
