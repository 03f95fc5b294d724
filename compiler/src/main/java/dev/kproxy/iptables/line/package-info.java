/// One line of rules: how it is read ([RuleParser]), and how thousands of lines that differ only in
/// their values need not be read each ([RuleLines]).
@NullMarked
package dev.kproxy.iptables.line;

import org.jspecify.annotations.NullMarked;
