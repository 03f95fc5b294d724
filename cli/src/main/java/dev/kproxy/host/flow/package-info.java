/// What Service ports are called and who serves them, and the flows that the kernel's connection
/// tracking keeps to endpoints that serve no more.
@NullMarked
package dev.kproxy.host.flow;

import org.jspecify.annotations.NullMarked;
