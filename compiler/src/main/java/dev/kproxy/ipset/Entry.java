package dev.kproxy.ipset;

import java.util.List;

/// An entry of a set.
///
/// @param elements one for each dimension of the set's type, but that in a `bitmap:ip,mac` the
///   hardware address may be missing
/// @param options in the order in which they are written
public record Entry(List<Element> elements, List<EntryOption> options) {
  public Entry {
    elements = List.copyOf(elements);
    options = List.copyOf(options);
  }

  /// An entry without options.
  public static Entry of(Element... elements) {
    return new Entry(List.of(elements), List.of());
  }

  /// Whether it takes what it holds out of the set (`nomatch`).
  public boolean isNomatch() {
    return options.contains(EntryOption.Flag.NOMATCH);
  }

  /// Whether its interface is the beginning of a name (`wildcard`).
  public boolean isWildcard() {
    return options.contains(EntryOption.Flag.WILDCARD);
  }
}
