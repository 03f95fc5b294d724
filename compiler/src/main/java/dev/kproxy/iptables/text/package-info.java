/// The text of the iptables rule language, in both directions: [IptablesParser] reads what
/// iptables-save prints and iptables-restore takes, [IptablesPrinter] writes both.
///
/// `print(parse(x)) = x` holds for whatever iptables-save 1.8.9 prints, but for `#` lines, which
/// say when and by what a file was made and are not part of a ruleset.
@NullMarked
package dev.kproxy.iptables.text;

import org.jspecify.annotations.NullMarked;
