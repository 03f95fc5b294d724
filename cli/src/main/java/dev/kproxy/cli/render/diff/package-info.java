/// What `kproxy diff` found, in the formats of people and of CI systems.
@NullMarked
package dev.kproxy.cli.render.diff;

import org.jspecify.annotations.NullMarked;
