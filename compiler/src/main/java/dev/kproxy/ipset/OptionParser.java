package dev.kproxy.ipset;

import dev.kproxy.net.Family;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what follows the type of a set, and what follows the elements of an entry.
final class OptionParser {
  private static final long UNSIGNED_INT = 0xffff_ffffL;

  private static final int COMMENT_LIMIT = 255;

  private OptionParser() {}

  static List<SetOption> set(SetType type, Words words) throws SyntaxException {
    List<SetOption> options = new ArrayList<>();
    Family family = Family.IPV4;
    while (words.hasNext()) {
      Word name = words.next("an option");
      SetOption option = setOption(type, family, name, words);
      if (option instanceof SetOption.AddressFamily(Family given)) {
        family = given;
      }
      options.add(option);
    }
    return options;
  }

  /// The options of a bitmap with the range of addresses that the kernel makes of theirs.
  ///
  /// @param at where a range that it refuses is told
  static List<SetOption> widened(List<SetOption> options, Word at) throws SyntaxException {
    int netmask = Family.IPV4.bits();
    for (SetOption option : options) {
      if (option instanceof SetOption.Count(SetOption.Count.Name name, long bits)
          && name == SetOption.Count.Name.NETMASK) {
        netmask = (int) bits;
      }
    }
    List<SetOption> widened = new ArrayList<>();
    for (SetOption option : options) {
      if (option instanceof SetOption.AddressRange range) {
        Optional<SetOption.AddressRange> kept = range.ofNetworks(netmask);
        if (kept.isEmpty()) {
          throw SyntaxException.at(at, "no " + at.text() + " holds this range");
        }
        widened.add(kept.get());
      } else {
        widened.add(option);
      }
    }
    return widened;
  }

  private static SetOption setOption(SetType type, Family family, Word name, Words words)
      throws SyntaxException {
    return switch (name.text()) {
      case "family" -> family(type, name, words.next("the family"));
      case "netmask" -> count(SetOption.Count.Name.NETMASK, 1, family.bits(), words);
      case "hashsize" -> count(SetOption.Count.Name.HASHSIZE, words);
      case "maxelem" -> count(SetOption.Count.Name.MAXELEM, words);
      case "timeout" -> count(SetOption.Count.Name.TIMEOUT, words);
      case "bucketsize" -> count(SetOption.Count.Name.BUCKETSIZE, words);
      case "size" -> count(SetOption.Count.Name.SIZE, words);
      case "bitmask" -> new SetOption.Bitmask(words.next("the mask").address(family));
      case "markmask" ->
          new SetOption.Markmask((int) words.next("the mask").number(0, UNSIGNED_INT));
      case "initval" ->
          new SetOption.InitialValue((int) words.next("the value").number(0, UNSIGNED_INT));
      case "range" -> range(type, name, words.next("the range"));
      case "counters" -> SetOption.Flag.COUNTERS;
      case "comment" -> SetOption.Flag.COMMENT;
      case "skbinfo" -> SetOption.Flag.SKBINFO;
      case "forceadd" -> SetOption.Flag.FORCEADD;
      default -> throw SyntaxException.at(name, name.shown() + " is no option of a set");
    };
  }

  private static SetOption count(SetOption.Count.Name name, Words words) throws SyntaxException {
    return count(name, 0, name.limit(), words);
  }

  private static SetOption count(SetOption.Count.Name name, long min, long max, Words words)
      throws SyntaxException {
    return new SetOption.Count(name, words.next("the number after " + name).number(min, max));
  }

  private static SetOption family(SetType type, Word option, Word value) throws SyntaxException {
    if (!type.hasFamily()) {
      throw SyntaxException.at(option, type + " is of no family");
    }
    return switch (value.text()) {
      case "inet", "ipv4" -> new SetOption.AddressFamily(Family.IPV4);
      case "inet6", "ipv6" -> new SetOption.AddressFamily(Family.IPV6);
      default -> throw SyntaxException.at(value, value.shown() + " is neither inet nor inet6");
    };
  }

  private static SetOption range(SetType type, Word option, Word value) throws SyntaxException {
    if (!type.hasRange()) {
      throw SyntaxException.at(option, type + " has no range");
    }
    if (type == SetType.BITMAP_PORT) {
      return new SetOption.Ports(ports(value));
    }
    if (!value.has('-') && !value.has('/')) {
      throw SyntaxException.at(value, value.shown() + " is no range");
    }
    Element.Addresses range = ElementParser.addresses(value, Family.IPV4);
    return new SetOption.AddressRange(range.first(), range.last());
  }

  /// `80`, or `80-90`, in either order as ipset takes it.
  static PortRange ports(Word word) throws SyntaxException {
    int first = (int) word.before('-').number(0, 65_535);
    int last = (int) word.after('-').number(0, 65_535);
    return new PortRange(Math.min(first, last), Math.max(first, last));
  }

  static List<EntryOption> entry(SetType type, Words words) throws SyntaxException {
    List<EntryOption> options = new ArrayList<>();
    while (words.hasNext()) {
      options.add(entryOption(type, words.next("an option"), words));
    }
    return options;
  }

  private static EntryOption entryOption(SetType type, Word name, Words words)
      throws SyntaxException {
    return switch (name.text()) {
      case "timeout" ->
          new EntryOption.Timeout(
              words.next("the seconds").number(0, SetOption.Count.Name.TIMEOUT.limit()));
      case "packets" -> new EntryOption.Packets(words.next("the number of packets").number(0, -2));
      case "bytes" -> new EntryOption.Bytes(words.next("the number of bytes").number(0, -2));
      case "comment" -> comment(words.next("the comment"));
      case "skbmark" -> skbMark(words.next("the mark"));
      case "skbprio" -> skbPriority(words.next("the priority"));
      case "skbqueue" -> new EntryOption.SkbQueue((int) words.next("the queue").number(0, 65_535));
      case "nomatch" -> flag(EntryOption.Flag.NOMATCH, Dimension.NETWORK, type, name);
      case "wildcard" -> flag(EntryOption.Flag.WILDCARD, Dimension.INTERFACE, type, name);
      case "before", "after" ->
          throw SyntaxException.at(
              name, "the place in a list is not read; its members can be written in their order");
      default -> throw SyntaxException.at(name, name.shown() + " is no option of an entry");
    };
  }

  private static EntryOption flag(EntryOption.Flag flag, Dimension dimension, SetType type, Word at)
      throws SyntaxException {
    if (!type.dimensions().contains(dimension)) {
      throw SyntaxException.at(at, "entries of " + type + " cannot be " + flag);
    }
    return flag;
  }

  private static EntryOption comment(Word word) throws SyntaxException {
    int bytes = word.text().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > COMMENT_LIMIT || word.has('"')) {
      throw SyntaxException.at(word, "a comment has at most 255 bytes and no quote");
    }
    return new EntryOption.Comment(word.text());
  }

  private static EntryOption skbMark(Word word) throws SyntaxException {
    int value = (int) word.before('/').hexadecimal(UNSIGNED_INT);
    int mask = word.has('/') ? (int) word.after('/').hexadecimal(UNSIGNED_INT) : -1;
    return new EntryOption.SkbMark(value, mask);
  }

  private static EntryOption skbPriority(Word word) throws SyntaxException {
    if (!word.has(':')) {
      throw SyntaxException.at(word, word.shown() + " is no priority, as 1:10");
    }
    int major = (int) word.before(':').hexadecimal(0xffff);
    return new EntryOption.SkbPriority(major, (int) word.after(':').hexadecimal(0xffff));
  }
}
