/// The rule language of ipvsadm as values, with its text in both directions.
///
/// A table has virtual servers, each with a scheduler and with the real servers that it chooses
/// from. [dev.kproxy.ipvs.IpvsParser] reads what `ipvsadm -Sn` and `ipvsadm -Ln` print and what
/// `ipvsadm --restore` takes, [dev.kproxy.ipvs.IpvsPrinter] writes what `ipvsadm -Sn` prints.
/// `print(parse(x)) = x` holds for whatever ipvsadm 1.31 saves, but for firewall marks from 2³¹ on:
/// it saves them as negative numbers, which it cannot restore itself. Thresholds are printed where
/// there are any; ipvsadm itself leaves them out when it saves.
///
/// What a packet has to do with a virtual server is no part of this.
@NullMarked
package dev.kproxy.ipvs;

import org.jspecify.annotations.NullMarked;
