/// What `ip addr` and `ip route` of iproute2 print of a host, as text and as JSON.
@NullMarked
package dev.kproxy.iproute;

import org.jspecify.annotations.NullMarked;
