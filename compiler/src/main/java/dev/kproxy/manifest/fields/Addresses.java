package dev.kproxy.manifest.fields;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Ip;
import java.util.Optional;

/// Addresses and ranges in fields: what kube-proxy reads in them, with a fault where no API server
/// ever stored the text, and a note where one of today would not.
///
/// Servers before 1.36 stored leading zeros, IPv4-mapped IPv6 addresses and ranges with host bits;
/// what they stored stays, and kube-proxy reads it loosely.
public final class Addresses {
  private Addresses() {}

  /// The address of a field.
  public static Optional<Ip> read(Fields holder, String field) {
    return read(holder, field, -1, holder.text(field));
  }

  /// The address of an item of a list.
  ///
  /// @param text the item; where `index` is -1, the field's own text
  public static Optional<Ip> read(Fields holder, String field, int index, String text) {
    // An IPv4 address without leading zeros has but one spelling.
    Optional<Ip> strict = text.indexOf(':') < 0 ? Ip.parse(text) : Optional.empty();
    if (strict.isPresent()) {
      return strict;
    }
    Optional<Ip> ip = Ip.parseSloppy(text);
    if (ip.isEmpty()) {
      fault(holder, field, index, Quotation.of(text) + " is no IP address");
    } else if (!ip.get().toString().equals(text)) {
      note(holder, field, index, readAs(ip.get()));
    }
    return ip;
  }

  /// The range of a field.
  public static Optional<Cidr> readRange(Fields holder, String field) {
    return readRange(holder, field, -1, holder.text(field));
  }

  /// The range of an item of a list.
  public static Optional<Cidr> readRange(Fields holder, String field, int index, String text) {
    Optional<Cidr> cidr = Cidr.parseSloppy(text);
    if (cidr.isEmpty()) {
      String message = Quotation.of(text) + " is no range as 10.0.0.0/8 or 2001:db8::/64";
      fault(holder, field, index, message);
    } else if (!cidr.get().toString().equals(text)) {
      note(holder, field, index, readAs(cidr.get()));
    }
    return cidr;
  }

  /// Faults the address of a field that cannot be an endpoint's.
  public static void checkEndpoint(Fields holder, String field, Ip ip) {
    checkEndpoint(holder, field, -1, ip);
  }

  /// Faults the address of an item of a list that cannot be an endpoint's, and for historical
  /// reasons no external IP either.
  public static void checkEndpoint(Fields holder, String field, int index, Ip ip) {
    if (ip.isLoopback()) {
      fault(holder, field, index, ip + " is a loopback address");
    } else if (ip.isLinkLocal()) {
      fault(holder, field, index, ip + " is a link-local address");
    } else if (ip.isUnspecified()) {
      fault(holder, field, index, ip + " is the unspecified address");
    } else if (isLinkLocalMulticast(ip)) {
      fault(holder, field, index, ip + " is a link-local multicast address");
    }
  }

  private static boolean isLinkLocalMulticast(Ip ip) {
    return ip instanceof Ip.V4(int bits)
        ? bits >>> 8 == 0xe00000
        : ip instanceof Ip.V6(long high, _) && (high >>> 48 & 0xff0f) == 0xff02;
  }

  /// The odd spelling itself is not repeated, so that nobody copies it.
  private static String readAs(Object canonical) {
    return "is read as " + canonical + ", and better spelled so";
  }

  private static void fault(Fields holder, String field, int index, String message) {
    if (index < 0) {
      holder.fault(Code.INVALID, field, message);
    } else {
      holder.fault(Code.INVALID, field, index, message);
    }
  }

  private static void note(Fields holder, String field, int index, String message) {
    if (index < 0) {
      holder.note(Code.DISCOURAGED, field, message);
    } else {
      holder.note(Code.DISCOURAGED, field, index, message);
    }
  }
}
