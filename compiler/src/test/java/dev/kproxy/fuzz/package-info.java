/// What holds of every text, whoever wrote it.
@NullMarked
package dev.kproxy.fuzz;

import org.jspecify.annotations.NullMarked;
