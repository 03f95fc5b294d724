/// What a host says of its network, as values: interfaces and addresses (`ip addr`), routes (`ip
/// route show table all`), both as text and as JSON; kernel settings (`sysctl -a`), and the lists
/// of `-m recent` (`/proc/net/xt_recent`).
///
/// Each parser takes a text and its name, tells every fault as a diagnostic, and gives what it
/// could read. Rules of policy routing (`ip rule`) are not read.
@NullMarked
package dev.kproxy.iproute;

import org.jspecify.annotations.NullMarked;
