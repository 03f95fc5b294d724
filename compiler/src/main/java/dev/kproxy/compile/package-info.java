/// From what kube-proxy has decided to the rules that it writes: a plan in, values of a rule
/// language out.
///
/// A printed rule is found from here in three hops: [dev.kproxy.compile.IptablesCompiler] puts the
/// tables together, [dev.kproxy.compile.BaseRules] holds what does not depend on Services, and
/// [dev.kproxy.compile.ServiceRules] the rest.
@NullMarked
package dev.kproxy.compile;

import org.jspecify.annotations.NullMarked;
