/// `kproxy diff`: two sides in, what differs between them out.
@NullMarked
package dev.kproxy.cli.diff;

import org.jspecify.annotations.NullMarked;
