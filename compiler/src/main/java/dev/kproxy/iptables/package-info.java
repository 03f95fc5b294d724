/// The rule language of iptables and ip6tables as values: a ruleset has tables, a table has chains,
/// a chain has rules, a rule has matches and an action.
///
/// Rules come from the compiler, which builds values and never text, or from
/// `dev.kproxy.iptables.text`, which reads and prints them. Values keep nothing of the text that
/// they were read from but the order of what was written and the number of the line; whatever can
/// be spelled in several ways is one value.
@NullMarked
package dev.kproxy.iptables;

import org.jspecify.annotations.NullMarked;
