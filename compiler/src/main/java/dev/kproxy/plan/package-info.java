/// What kube-proxy decides before it writes any rule, once for all modes: which Services count,
/// which of their endpoints a node uses, how local traffic is told from other traffic.
///
/// Input: the records of `manifest` and the facts of one node. Output: a [dev.kproxy.plan.Plan] for
/// each IP family. Source: `pkg/proxy` of Kubernetes 1.36 (`serviceport.go`,
/// `endpointslicecache.go`, `topology.go`) and `cmd/kube-proxy/app`.
@NullMarked
package dev.kproxy.plan;

import org.jspecify.annotations.NullMarked;
