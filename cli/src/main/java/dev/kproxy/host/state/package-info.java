/// What must outlive a process: which generation is on the host, how to go back, and a transaction
/// that is under way.
@NullMarked
package dev.kproxy.host.state;

import org.jspecify.annotations.NullMarked;
