/// What packets to a target fare differently, and what of that people need be told.
@NullMarked
package dev.kproxy.cli.diff.change;

import org.jspecify.annotations.NullMarked;
