/// From a plan to the rules of iptables mode.
///
/// A printed rule is found from here in three hops: [dev.kproxy.compile.iptables.IptablesCompiler]
/// puts the tables together, [dev.kproxy.compile.iptables.BaseRules] holds what does not depend on
/// Services, and [dev.kproxy.compile.iptables.ServiceRules] the rest.
@NullMarked
package dev.kproxy.compile.iptables;

import org.jspecify.annotations.NullMarked;
