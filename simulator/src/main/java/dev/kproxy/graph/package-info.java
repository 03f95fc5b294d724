/// The chains of a rule set as a graph.
@NullMarked
package dev.kproxy.graph;

import org.jspecify.annotations.NullMarked;
