package dev.kproxy.ipset;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.ProtocolNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// Writes sets as `ipset save` does, which is what `ipset restore` takes.
public final class IpsetPrinter {
  private static final HexFormat UPPER_CASE = HexFormat.of().withUpperCase();

  private final StringBuilder out;

  private IpsetPrinter(StringBuilder out) {
    this.out = out;
  }

  /// Writes the sets to `stream`, as UTF-8; it is neither flushed nor closed.
  public static void print(List<IpSet> sets, OutputStream stream) throws IOException {
    StringBuilder out = new StringBuilder();
    for (IpSet set : sets) {
      new IpsetPrinter(out).set(set);
      stream.write(out.toString().getBytes(StandardCharsets.UTF_8));
      out.setLength(0);
    }
  }

  /// The text of the sets.
  public static String print(List<IpSet> sets) {
    StringBuilder out = new StringBuilder();
    sets.forEach(new IpsetPrinter(out)::set);
    return out.toString();
  }

  /// The elements and options of an entry of a set of that family, as they follow the set's name.
  public static String print(Entry entry, Family family) {
    StringBuilder out = new StringBuilder();
    new IpsetPrinter(out).entry(entry, family);
    return out.toString();
  }

  /// The elements and options of an entry of a set, as they follow the set's name.
  public static String print(Entry entry, IpSet set) {
    return print(entry, family(set));
  }

  private static Family family(IpSet set) {
    return set.family().orElse(Family.IPV4);
  }

  private void set(IpSet set) {
    out.append("create ").append(set.name()).append(' ').append(set.type());
    set.options().forEach(this::option);
    out.append('\n');
    Family family = family(set);
    for (Entry entry : set.entries()) {
      out.append("add ").append(set.name()).append(' ');
      entry(entry, family);
      out.append('\n');
    }
  }

  private void entry(Entry entry, Family family) {
    String separator = "";
    for (Element element : entry.elements()) {
      out.append(separator);
      element(element, family);
      separator = ",";
    }
    entry.options().forEach(this::option);
  }

  private void option(SetOption option) {
    out.append(' ');
    if (option instanceof SetOption.AddressFamily(Family family)) {
      out.append(family == Family.IPV4 ? "family inet" : "family inet6");
    } else if (option instanceof SetOption.Count(var name, long value)) {
      out.append(name).append(' ').append(value);
    } else if (option instanceof SetOption.Ports(PortRange range)) {
      out.append("range ").append(range.first()).append('-').append(range.last());
    } else {
      rare(option);
    }
  }

  /// What no set of kube-proxy's has.
  private void rare(SetOption option) {
    switch (option) {
      case SetOption.AddressFamily _, SetOption.Count _, SetOption.Ports _ ->
          throw new IllegalArgumentException(option.toString());
      case SetOption.Bitmask(Ip mask) -> out.append("bitmask ").append(mask.presentation());
      case SetOption.Markmask(int mask) -> hex(out.append("markmask "), mask);
      case SetOption.InitialValue(int value) -> hex(out.append("initval "), value);
      case SetOption.AddressRange(Ip first, Ip last) ->
          out.append("range ").append(first.presentation()).append('-').append(last.presentation());
      case SetOption.Flag flag -> out.append(flag);
    }
  }

  private void option(EntryOption option) {
    out.append(' ');
    switch (option) {
      case EntryOption.Timeout(long seconds) -> out.append("timeout ").append(seconds);
      case EntryOption.Packets(long count) ->
          out.append("packets ").append(Long.toUnsignedString(count));
      case EntryOption.Bytes(long count) ->
          out.append("bytes ").append(Long.toUnsignedString(count));
      case EntryOption.Comment(String text) -> out.append("comment \"").append(text).append('"');
      case EntryOption.SkbMark(int value, int mask) -> {
        out.append("skbmark 0x").append(Integer.toHexString(value));
        if (mask != -1) {
          out.append("/0x").append(Integer.toHexString(mask));
        }
      }
      case EntryOption.SkbPriority(int major, int minor) ->
          out.append("skbprio ")
              .append(Integer.toHexString(major))
              .append(':')
              .append(Integer.toHexString(minor));
      case EntryOption.SkbQueue(int queue) -> out.append("skbqueue ").append(queue);
      case EntryOption.Flag flag -> out.append(flag);
    }
  }

  private void element(Element element, Family family) {
    if (element instanceof Element.Addresses(Ip first, Ip last)) {
      out.append(first.presentation());
      if (!first.equals(last)) {
        out.append('-').append(last.presentation());
      }
    } else if (element instanceof Element.Network(Cidr cidr)) {
      out.append(cidr.network().presentation());
      if (cidr.prefix() < cidr.family().bits()) {
        out.append('/').append(cidr.prefix());
      }
    } else if (element instanceof Element.ProtocolPorts(int protocol, PortRange ports)) {
      out.append(ProtocolNames.of(protocol)).append(':');
      if (protocol == 1 || protocol == 58) {
        icmp(ports.first(), family);
      } else {
        ports(ports);
      }
    } else if (element instanceof Element.Ports(PortRange ports)) {
      ports(ports);
    } else {
      rare(element);
    }
  }

  private void rare(Element element) {
    switch (element) {
      case Element.Addresses _, Element.Network _, Element.ProtocolPorts _, Element.Ports _ ->
          throw new IllegalArgumentException(element.toString());
      case Element.Mark(int value) -> hex(out, value);
      case Element.Mac(long bits) -> mac(bits);
      case Element.Interface(String name, boolean bridgePort) ->
          out.append(bridgePort ? "physdev:" : "").append(name);
      case Element.Member(String set) -> out.append(set);
    }
  }

  private void icmp(int number, Family family) {
    out.append(
        IcmpNames.of(family).name(number).orElseGet(() -> (number >>> 8) + "/" + (number & 255)));
  }

  private void ports(PortRange ports) {
    out.append(ports.first());
    if (ports.first() != ports.last()) {
      out.append('-').append(ports.last());
    }
  }

  private void mac(long bits) {
    for (int shift = 40; shift >= 0; shift -= 8) {
      out.append(UPPER_CASE.toHexDigits((byte) (bits >>> shift)));
      if (shift > 0) {
        out.append(':');
      }
    }
  }

  private static StringBuilder hex(StringBuilder out, int value) {
    return out.append("0x").append(HexFormat.of().toHexDigits(value));
  }
}
