/// What `kproxy trace packet` reads: rules and facts of a host, and packets; and whom it asks.
///
/// Files are read by whoever calls: here, texts come in by their names, and faults go to a sink.
@NullMarked
package dev.kproxy.cli.trace;

import org.jspecify.annotations.NullMarked;
