/// What is different for a packet, and for which packets, as `kproxy diff` puts it into words.
@NullMarked
package dev.kproxy.cli.diff.words;

import org.jspecify.annotations.NullMarked;
