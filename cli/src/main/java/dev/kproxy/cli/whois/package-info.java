/// What the names of chains and sets stand for: `kproxy whois` and `kproxy annotate`.
@NullMarked
package dev.kproxy.cli.whois;

import org.jspecify.annotations.NullMarked;
