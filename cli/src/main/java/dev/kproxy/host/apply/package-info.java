/// The protocol that takes a host from one set of rules to another:
///
/// ```
/// lock, recover, read, plan, rehearse, journal, load, verify, follow-up, commit, confirm
/// ```
///
/// [dev.kproxy.host.apply.Operations] is its entry. What the kernel changes it changes a table at a
/// time, whole or not at all; what a killed process leaves behind, the journal and the tables'
/// markers tell.
@NullMarked
package dev.kproxy.host.apply;

import org.jspecify.annotations.NullMarked;
