/// The chains of a rule set as a graph: what calls what.
@NullMarked
package dev.kproxy.graph;

import org.jspecify.annotations.NullMarked;
