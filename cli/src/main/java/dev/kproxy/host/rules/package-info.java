/// Rules as text: what iptables-save printed, split into tables and chains, compared line by line,
/// and turned into what iptables-restore loads.
///
/// Rules are never parsed here. What is compared was printed by one and the same tool, once in a
/// rehearsal and once on the host, so that equal rules are equal text whatever the tool's spelling.
@NullMarked
package dev.kproxy.host.rules;

import org.jspecify.annotations.NullMarked;
