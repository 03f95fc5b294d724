/// What a host has, what it shall have, and the way from one to the other: everything that is
/// thought before anything is done.
@NullMarked
package dev.kproxy.host.plan;

import org.jspecify.annotations.NullMarked;
