/// From what kube-proxy has decided to the texts that a node loads: a plan in, values of a rule
/// language out. [dev.kproxy.compile.Artifacts] chooses the mode; each has a package below.
@NullMarked
package dev.kproxy.compile;

import org.jspecify.annotations.NullMarked;
