/// What ip_vs does with the first packet of a connection: which virtual server it is for
/// ([dev.kproxy.simulate.ipvs.VirtualServers]), and which real servers may get it, with what shares
/// ([dev.kproxy.simulate.ipvs.Scheduling]). The way before and after is the walk's business.
@NullMarked
package dev.kproxy.simulate.ipvs;

import org.jspecify.annotations.NullMarked;
