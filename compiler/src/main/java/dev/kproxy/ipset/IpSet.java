package dev.kproxy.ipset;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A set of addresses, ports and the like that rules look packets up in.
///
/// @param name at most 31 bytes without blanks; anything else may occur in it
/// @param options in the order in which they are written
/// @param entries in the order in which they are written
public record IpSet(String name, SetType type, List<SetOption> options, List<Entry> entries) {
  /// The most bytes that a name may have.
  public static final int NAME_LIMIT = 31;

  /// @throws IllegalArgumentException where the kernel would not take the name
  public IpSet {
    if (!isName(name)) {
      throw new IllegalArgumentException(name);
    }
    options = List.copyOf(options);
    entries = List.copyOf(entries);
  }

  /// Whether a set can be called so and be written down.
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_LIMIT
        && name.chars().noneMatch(c -> c <= ' ')
        && !name.startsWith("\"")
        && !Words.isExist(name);
  }

  /// The family of its addresses; empty where its type has no addresses.
  public Optional<Family> family() {
    for (SetOption option : options) {
      if (option instanceof SetOption.AddressFamily(Family family)) {
        return Optional.of(family);
      }
    }
    return type.dimensions().contains(Dimension.ADDRESS)
            || type.dimensions().contains(Dimension.NETWORK)
        ? Optional.of(Family.IPV4)
        : Optional.empty();
  }

  /// The number that an option gives, where the set has the option.
  public OptionalLong count(SetOption.Count.Name name) {
    for (SetOption option : options) {
      if (option instanceof SetOption.Count(var given, long value) && given == name) {
        return OptionalLong.of(value);
      }
    }
    return OptionalLong.empty();
  }

  /// The bits of an address that the set keeps and compares (`netmask`, `bitmask`). Entries hold
  /// addresses without the other bits.
  public Ip masked(Ip ip) {
    Optional<Ip> bitmask = bitmask();
    if (bitmask.isPresent()) {
      return and(ip, bitmask.get());
    }
    int bits = ip.family().bits();
    return ip.masked((int) Math.min(bits, count(SetOption.Count.Name.NETMASK).orElse(bits)));
  }

  /// The highest address that a set with a `bitmask` takes for one that it keeps; that itself where
  /// the set has no such mask.
  public Ip highest(Ip kept) {
    return bitmask().map(mask -> orNot(kept, mask)).orElse(kept);
  }

  /// The mask that the option `bitmask` gives, where the set has it.
  public Optional<Ip> bitmask() {
    for (SetOption option : options) {
      if (option instanceof SetOption.Bitmask(Ip mask)) {
        return Optional.of(mask);
      }
    }
    return Optional.empty();
  }

  private static Ip orNot(Ip ip, Ip mask) {
    if (ip instanceof Ip.V4(int bits) && mask instanceof Ip.V4(int maskBits)) {
      return new Ip.V4(bits | ~maskBits);
    }
    if (ip instanceof Ip.V6(long high, long low)
        && mask instanceof Ip.V6(long maskHigh, long maskLow)) {
      return new Ip.V6(high | ~maskHigh, low | ~maskLow);
    }
    return ip;
  }

  private static Ip and(Ip ip, Ip mask) {
    if (ip instanceof Ip.V4(int bits) && mask instanceof Ip.V4(int maskBits)) {
      return new Ip.V4(bits & maskBits);
    }
    if (ip instanceof Ip.V6(long high, long low)
        && mask instanceof Ip.V6(long maskHigh, long maskLow)) {
      return new Ip.V6(high & maskHigh, low & maskLow);
    }
    return ip;
  }
}
