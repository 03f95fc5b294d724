/// The cluster that a command works on: which options name it, and how it is read.
@NullMarked
package dev.kproxy.cli.cluster;

import org.jspecify.annotations.NullMarked;
