package dev.kproxy.ipvs;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The options of ipvsadm that a text of it may hold (ipvsadm.c, `parse_options`).
enum CommandOption {
  ADD_SERVICE('A', "add-service", Kind.COMMAND),
  EDIT_SERVICE('E', "edit-service", Kind.COMMAND),
  DELETE_SERVICE('D', "delete-service", Kind.COMMAND),
  CLEAR('C', "clear", Kind.COMMAND),
  ZERO('Z', "zero", Kind.COMMAND),
  ADD_SERVER('a', "add-server", Kind.COMMAND),
  EDIT_SERVER('e', "edit-server", Kind.COMMAND),
  DELETE_SERVER('d', "delete-server", Kind.COMMAND),
  SET("set", Kind.COMMAND),
  START_DAEMON("start-daemon", Kind.COMMAND),
  STOP_DAEMON("stop-daemon", Kind.COMMAND),
  TCP_SERVICE('t', "tcp-service", Kind.VALUE),
  UDP_SERVICE('u', "udp-service", Kind.VALUE),
  SCTP_SERVICE("sctp-service", Kind.VALUE),
  FWMARK_SERVICE('f', "fwmark-service", Kind.VALUE),
  IPV6('6', "ipv6", Kind.SWITCH),
  SCHEDULER('s', "scheduler", Kind.VALUE),
  PERSISTENT('p', "persistent", Kind.OPTIONAL_VALUE),
  NETMASK('M', "netmask", Kind.VALUE),
  ENGINE("pe", Kind.VALUE),
  ONE_PACKET('o', "ops", Kind.SWITCH),
  SCHEDULER_FLAGS('b', "sched-flags", Kind.VALUE),
  REAL_SERVER('r', "real-server", Kind.VALUE),
  MASQUERADING('m', "masquerading", Kind.SWITCH),
  IPIP('i', "ipip", Kind.SWITCH),
  GATEWAYING('g', "gatewaying", Kind.SWITCH),
  WEIGHT('w', "weight", Kind.VALUE),
  UPPER_THRESHOLD('x', "u-threshold", Kind.VALUE),
  LOWER_THRESHOLD('y', "l-threshold", Kind.VALUE),
  TUNNEL_TYPE("tun-type", Kind.VALUE),
  TUNNEL_PORT("tun-port", Kind.VALUE),
  TUNNEL_NO_CHECKSUM("tun-nocsum", Kind.SWITCH),
  TUNNEL_CHECKSUM("tun-csum", Kind.SWITCH),
  TUNNEL_REMOTE_CHECKSUM("tun-remcsum", Kind.SWITCH);

  /// What an option is followed by.
  enum Kind {
    COMMAND,
    SWITCH,
    VALUE,
    /// A value only where the next word is no option.
    OPTIONAL_VALUE
  }

  private static final Map<String, CommandOption> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(it -> it.name, Function.identity()));

  private final char letter;
  private final String name;
  private final Kind kind;

  CommandOption(char letter, String name, Kind kind) {
    this.letter = letter;
    this.name = name;
    this.kind = kind;
  }

  CommandOption(String name, Kind kind) {
    this('\0', name, kind);
  }

  static Optional<CommandOption> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  static Optional<CommandOption> byLetter(char letter) {
    return Arrays.stream(values()).filter(it -> it.letter == letter && letter != '\0').findFirst();
  }

  Kind kind() {
    return kind;
  }

  boolean takesValue() {
    return kind == Kind.VALUE || kind == Kind.OPTIONAL_VALUE;
  }

  /// `-t`, or `--set` where there is no letter.
  @Override
  public String toString() {
    return letter == '\0' ? "--" + name : "-" + letter;
  }
}
