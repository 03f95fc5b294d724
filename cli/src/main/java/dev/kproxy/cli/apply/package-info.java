/// The commands that read or change a host: what they are given, and how they tell what became of
/// it. What they do is in [dev.kproxy.host.apply].
@NullMarked
package dev.kproxy.cli.apply;

import org.jspecify.annotations.NullMarked;
