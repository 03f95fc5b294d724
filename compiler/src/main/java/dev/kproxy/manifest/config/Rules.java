package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.FieldType.FileVerbosity;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What may be wrong with one value, as a sentence; empty where it is right.
final class Rules {
  private static final Set<String> SCHEDULERS =
      Set.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "mh", "sed", "nq", "fo", "ovf",
          "twos");

  private static final Duration LONGEST_IPVS_TIMEOUT = Duration.ofDays(31);

  /// The kernel's `IFNAMSIZ`, without the byte that ends a name.
  private static final int LONGEST_INTERFACE = 15;

  /// What `net.SplitHostPort` takes apart: brackets only around the whole host, which alone may
  /// then hold colons.
  private static final Pattern HOST_PORT =
      Pattern.compile(
          "(?:\\[(?<bracketed>[^\\[\\]]*)\\]|(?<plain>[^\\[\\]:]*)):(?<port>[^\\[\\]:]*)");

  private static final Pattern INTERFACE = Pattern.compile("(?![-!])[!-~&&[^\"'\\\\/:*]]+");
  private static final Pattern NFTABLES_INTERFACE = Pattern.compile("[A-Za-z_.][A-Za-z0-9_.-]*");

  private static final String PREVIOUS_MINOR = "1.35";

  private Rules() {}

  static Function<Long, Optional<String>> within(long least, long most) {
    return number ->
        when(
            number < least || number > most,
            "must be " + least + " to " + most + ", not " + number);
  }

  static Optional<String> notNegative(long number) {
    return when(number < 0, "must not be negative, but is " + number);
  }

  static Optional<String> notNegative(Duration duration) {
    return when(duration.isNegative(), "must not be negative");
  }

  /// The longest time-out that `ipvsadm --set` takes; the kernel's own limit depends on its clock.
  static Optional<String> settableTimeout(Duration duration) {
    return when(
        duration.compareTo(LONGEST_IPVS_TIMEOUT) > 0, "is longer than the 31 days that IPVS takes");
  }

  static Optional<String> positive(Duration duration) {
    return when(!duration.isPositive(), "must be greater than 0");
  }

  static Optional<String> cidr(String text) {
    return when(Cidr.parseSloppy(text).isEmpty(), Printable.quote(text) + " is no CIDR");
  }

  static Optional<String> ip(String text) {
    return when(Ip.parseSloppy(text).isEmpty(), Printable.quote(text) + " is no IP address");
  }

  /// An address with a port, or without, in which case it gets one.
  static Optional<String> hostPort(String text, long defaultPort) {
    if (Ip.parseSloppy(text).isPresent()) {
      return port(Long.toString(defaultPort));
    }
    Matcher matcher = HOST_PORT.matcher(text);
    if (!matcher.matches()) {
      return Optional.of(Printable.quote(text) + " is not IP:PORT");
    }
    String host =
        Optional.ofNullable(matcher.group("bracketed")).orElseGet(() -> matcher.group("plain"));
    return ip(host).or(() -> port(matcher.group("port")));
  }

  private static Optional<String> port(String text) {
    boolean port = GoNumber.parseDecimal(text, 1, 65535).isPresent();
    return when(!port, Printable.quote(text) + " is no port");
  }

  static Optional<String> scheduler(String name) {
    return when(!SCHEDULERS.contains(name), Printable.quote(name) + " is no scheduler of IPVS");
  }

  /// Only the minor version before kube-proxy's own may be asked for.
  static Optional<String> hiddenMetricsVersion(String version) {
    return when(
        !version.isEmpty() && !version.equals(PREVIOUS_MINOR),
        "must be \""
            + PREVIOUS_MINOR
            + "\", the last minor version, not "
            + Printable.quote(version));
  }

  static Optional<String> fileVerbosity(FileVerbosity entry) {
    String pattern = entry.filePattern();
    return when(pattern.isEmpty(), "a file pattern must not be empty")
        .or(
            () ->
                when(
                    pattern.contains("=") || pattern.contains(","),
                    Printable.quote(pattern) + " is no file pattern"))
        .or(() -> within(0, Integer.MAX_VALUE).apply(entry.verbosity()));
  }

  /// The name of an interface, or how names begin, which `wildcard` characters follow in a rule.
  ///
  /// kube-proxy only asks that there is one. The kernel takes no name with a slash, a colon or a
  /// blank, and the rule languages have their own: iptables reads a leading dash as an option,
  /// nftables takes unquoted letters, digits and few signs.
  static Optional<String> interfaceName(String name, boolean nftables, int wildcard) {
    Pattern usable = nftables ? NFTABLES_INTERFACE : INTERFACE;
    int longest = LONGEST_INTERFACE - wildcard;
    return when(
            !usable.matcher(name).matches() || name.equals(".") || name.equals(".."),
            Printable.quote(name) + " cannot be written into a rule")
        .or(
            () ->
                when(
                    name.length() > longest,
                    Printable.quote(name)
                        + " is longer than the "
                        + longest
                        + " characters that a rule takes"));
  }

  private static Optional<String> when(boolean wrong, String message) {
    return wrong ? Optional.of(message) : Optional.empty();
  }
}
