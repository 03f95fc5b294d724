/// What rules of iptables are made with, and those rules that several modes write alike: iptables
/// mode as a whole rests on rules, IPVS mode needs a few beside its virtual servers.
@NullMarked
package dev.kproxy.compile.rule;

import org.jspecify.annotations.NullMarked;
