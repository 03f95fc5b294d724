/// What differs between two rule sets as text, table by table and chain by chain.
///
/// Rules are spelled as iptables-save spells them, without counters; chains go by name; in the
/// chains that many Services share, where kube-proxy leaves the order of Services to chance, rules
/// are put in the order of the Service ports that their comments name. What is left is a difference
/// of lines: it says what another text would load, not what becomes of packets.
@NullMarked
package dev.kproxy.diff;

import org.jspecify.annotations.NullMarked;
