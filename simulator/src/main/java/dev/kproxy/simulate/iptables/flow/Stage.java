package dev.kproxy.simulate.iptables.flow;

import dev.kproxy.simulate.Hook;

/// What happens to a packet, one thing after the other. A packet from outside begins at [#ARRIVAL],
/// one of the host itself at [#ROUTE_OUTPUT]; what the host sends to itself passes from
/// [#DEPARTURE] to [#PREROUTING_RAW] and so meets the hooks twice. But for that, each stage leads
/// to later ones only.
///
/// A packet that ip_vs sends to a real server of another host passes from [#INPUT_SEND] or
/// [#OUTPUT_SEND] to [#OUTPUT_RAW]: it meets the hook OUTPUT as if this host had sent it.
///
/// Order within a hook is that of the priorities in `netfilter_ipv4.h`: raw -300, connection
/// tracking -200, mangle -150, nat -100, ip_vs -98 at OUTPUT, filter 0, security 50, ip_vs 99 at
/// INPUT and 100 at FORWARD, nat of the source 100. The table security of `iptables-nft` comes
/// after that, which matters at INPUT only: it has a stage of its own there.
public enum Stage {
  ROUTE_OUTPUT(Hook.OUTPUT, ""),
  OUTPUT_RAW(Hook.OUTPUT, "raw"),
  OUTPUT_TRACK(Hook.OUTPUT, ""),
  OUTPUT_MANGLE(Hook.OUTPUT, "mangle"),
  OUTPUT_NAT(Hook.OUTPUT, "nat"),
  REROUTE(Hook.OUTPUT, ""),
  OUTPUT_IPVS(Hook.OUTPUT, ""),
  OUTPUT_SEND(Hook.OUTPUT, ""),
  OUTPUT_FILTER(Hook.OUTPUT, "filter"),
  OUTPUT_SECURITY(Hook.OUTPUT, "security"),
  ARRIVAL(Hook.PREROUTING, ""),
  PREROUTING_RAW(Hook.PREROUTING, "raw"),
  PREROUTING_TRACK(Hook.PREROUTING, ""),
  PREROUTING_MANGLE(Hook.PREROUTING, "mangle"),
  PREROUTING_NAT(Hook.PREROUTING, "nat"),
  ROUTE_INPUT(Hook.PREROUTING, ""),
  FORWARD_MANGLE(Hook.FORWARD, "mangle"),
  FORWARD_FILTER(Hook.FORWARD, "filter"),
  FORWARD_SECURITY(Hook.FORWARD, "security"),
  FORWARD_IPVS(Hook.FORWARD, ""),
  POSTROUTING_MANGLE(Hook.POSTROUTING, "mangle"),
  POSTROUTING_NAT(Hook.POSTROUTING, "nat"),
  DEPARTURE(Hook.POSTROUTING, ""),
  INPUT_MANGLE(Hook.INPUT, "mangle"),
  INPUT_FILTER(Hook.INPUT, "filter"),
  INPUT_SECURITY(Hook.INPUT, "security"),
  INPUT_IPVS(Hook.INPUT, ""),
  INPUT_SEND(Hook.INPUT, ""),
  INPUT_NAT(Hook.INPUT, "nat"),
  INPUT_LATE_SECURITY(Hook.INPUT, "security"),
  DELIVERY(Hook.INPUT, "");

  private final Hook hook;
  private final String table;

  Stage(Hook hook, String table) {
    this.hook = hook;
    this.table = table;
  }

  /// The hook that it belongs to, or follows.
  public Hook hook() {
    return hook;
  }

  /// The table whose rules are asked, or empty where the kernel itself acts.
  public String table() {
    return table;
  }

  /// The stage after this one, where nothing else is decided.
  public Stage next() {
    return switch (this) {
      case ROUTE_OUTPUT -> OUTPUT_RAW;
      case OUTPUT_RAW -> OUTPUT_TRACK;
      case OUTPUT_TRACK -> OUTPUT_MANGLE;
      case OUTPUT_MANGLE -> OUTPUT_NAT;
      case OUTPUT_NAT -> REROUTE;
      case REROUTE -> OUTPUT_IPVS;
      case OUTPUT_IPVS -> OUTPUT_SEND;
      case OUTPUT_SEND -> OUTPUT_FILTER;
      case OUTPUT_FILTER -> OUTPUT_SECURITY;
      case ARRIVAL -> PREROUTING_RAW;
      case PREROUTING_RAW -> PREROUTING_TRACK;
      case PREROUTING_TRACK -> PREROUTING_MANGLE;
      case PREROUTING_MANGLE -> PREROUTING_NAT;
      case PREROUTING_NAT -> ROUTE_INPUT;
      case ROUTE_INPUT -> FORWARD_MANGLE;
      case FORWARD_MANGLE -> FORWARD_FILTER;
      case FORWARD_FILTER -> FORWARD_SECURITY;
      case FORWARD_SECURITY -> FORWARD_IPVS;
      case FORWARD_IPVS, OUTPUT_SECURITY -> POSTROUTING_MANGLE;
      case POSTROUTING_MANGLE -> POSTROUTING_NAT;
      case POSTROUTING_NAT -> DEPARTURE;
      case INPUT_MANGLE -> INPUT_FILTER;
      case INPUT_FILTER -> INPUT_SECURITY;
      case INPUT_SECURITY -> INPUT_IPVS;
      case INPUT_IPVS -> INPUT_SEND;
      case INPUT_SEND -> INPUT_NAT;
      case INPUT_NAT -> INPUT_LATE_SECURITY;
      case INPUT_LATE_SECURITY, DEPARTURE, DELIVERY -> DELIVERY;
    };
  }

  /// Whether this is where connections get their translation.
  public boolean isNat() {
    return table.equals("nat");
  }

  /// Whether it is the source that is translated here, not the destination.
  public boolean translatesSource() {
    return this == POSTROUTING_NAT || this == INPUT_NAT;
  }
}
