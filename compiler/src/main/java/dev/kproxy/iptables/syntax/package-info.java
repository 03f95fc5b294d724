/// The words of the iptables rule language: how a line is split, which options belong to which
/// extension, and how numbers, names and addresses are spelled. What they mean is the parser's
/// business.
@NullMarked
package dev.kproxy.iptables.syntax;

import org.jspecify.annotations.NullMarked;
