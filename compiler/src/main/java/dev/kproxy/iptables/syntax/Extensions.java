package dev.kproxy.iptables.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The options of the extensions of iptables: their names, how many words follow each, and how
/// iptables-save quotes them.
///
/// One line a module, one word an option: `!` before its name where it can be inverted, `|` before
/// each other name that is read, `:` and the number of words that follow it (none by default, `*`
/// for one that may be left out), `'` where iptables-save quotes the word when it needs it and `"`
/// where it always does. Options stand in the order in which iptables-save prints them; in a module
/// marked `~` they keep the order in which they were written.
public final class Extensions {
  private static final Map<String, Syntax> MATCHES =
      read(
          """
          addrtype !src-type:1 !dst-type:1 limit-iface-in limit-iface-out
          ah !ahspi:1 !ahlen:1 ahres
          bpf bytecode:1" object-pinned:1
          cgroup !path:1' !cgroup:1
          cluster !cluster-local-node:1 cluster-local-nodemask:1 cluster-total-nodes:1 \
           cluster-hash-seed:1
          comment comment:1'
          connbytes !connbytes:1 connbytes-mode:1 connbytes-dir:1
          connlabel !label:1" set
          connlimit connlimit-upto:1 connlimit-above:1 connlimit-mask:1 connlimit-saddr \
           connlimit-daddr
          connmark !mark:1
          conntrack !ctstate:1 !ctproto:1 !ctorigsrc:1 !ctorigdst:1 !ctreplsrc:1 !ctrepldst:1 \
           !ctorigsrcport:1 !ctorigdstport:1 !ctreplsrcport:1 !ctrepldstport:1 !ctstatus:1 \
           !ctexpire:1 ctdir:1
          cpu !cpu:1
          dccp !sport|source-port:1 !dport|destination-port:1 !dccp-types:1 !dccp-option:1
          devgroup !src-group:1 !dst-group:1
          dscp !dscp:1 dscp-class:1
          dst !dst-len:1 dst-opts:1
          ecn !ecn-tcp-ece !ecn-tcp-cwr !ecn-ip-ect:1
          esp !espspi:1
          eui64
          frag !fragid:1 !fraglen:1 fragres fragfirst fragmore fraglast
          hashlimit hashlimit-upto|hashlimit:1 hashlimit-above:1 hashlimit-burst:1 \
           hashlimit-mode:1 hashlimit-name:1 hashlimit-htable-size:1 hashlimit-htable-max:1 \
           hashlimit-htable-gcinterval:1 hashlimit-htable-expire:1 hashlimit-srcmask:1 \
           hashlimit-dstmask:1 hashlimit-rate-match hashlimit-rate-interval:1
          hbh !hbh-len:1 hbh-opts:1
          helper !helper:1'
          hl !hl-eq|hl:1 hl-lt:1 hl-gt:1
          icmp !icmp-type:1
          icmp6 !icmpv6-type:1
          iprange !src-range:1 !dst-range:1
          ipv6header !header:1 soft
          ipvs !ipvs !vproto:1 !vaddr:1 !vport:1 !vdir:1 !vmethod:1 !vportctl:1
          length !length:1
          limit limit:1 limit-burst:1
          mac !mac-source:1
          mark !mark:1
          mh !mh-type:1
          multiport !sports|source-ports:1 !dports|destination-ports:1 !ports:1
          nfacct nfacct-name:1'
          osf !genre:1 ttl:1 log:1
          owner !socket-exists suppl-groups !uid-owner:1 !gid-owner:1
          physdev !physdev-is-in !physdev-in:1 !physdev-is-out !physdev-out:1 \
           !physdev-is-bridged
          pkttype !pkt-type:1
          ~policy dir:1 pol:1 strict !reqid:1 !spi:1 !proto:1 !mode:1 !tunnel-src:1 \
           !tunnel-dst:1 next
          quota !quota:1
          rateest !rateest1|rateest:1 rateest-delta !rateest-lt !rateest-gt !rateest-eq \
           rateest-bps:* rateest-bps1:* rateest-bps2:* rateest-pps:* rateest-pps1:* \
           rateest-pps2:* rateest2:1
          realm !realm:1
          recent !set !rcheck !update !remove seconds:1 reap hitcount:1 rttl name:1 mask:1 \
           rsource rdest
          rpfilter loose validmark accept-local invert
          rt !rt-type:1 !rt-segsleft:1 !rt-len:1 rt-0-res rt-0-addrs:1 rt-0-not-strict
          sctp !sport|source-port:1 !dport|destination-port:1 !chunk-types:2
          set !match-set|set:2 return-nomatch !update-counters !update-subcounters \
           !packets-eq:1 packets-lt:1 packets-gt:1 !bytes-eq:1 bytes-lt:1 bytes-gt:1
          socket transparent nowildcard restore-skmark
          srh !srh-next-hdr:1 !srh-hdr-len-eq:1 !srh-hdr-len-gt:1 !srh-hdr-len-lt:1 \
           !srh-segs-left-eq:1 !srh-segs-left-gt:1 !srh-segs-left-lt:1 !srh-last-entry-eq:1 \
           !srh-last-entry-gt:1 !srh-last-entry-lt:1 !srh-tag:1 !srh-psid:1 !srh-nsid:1 !srh-lsid:1
          state !state:1
          statistic mode:1 !probability:1 !every:1 packet:1
          string !string:1" !hex-string:1" algo:1 from:1 to:1 icase
          tcp !sport|source-port:1 !dport|destination-port:1 !tcp-option:1 !tcp-flags:2 !syn
          tcpmss !mss:1
          time timestart:1 timestop:1 !monthdays:1 !weekdays:1 datestart:1 datestop:1 kerneltz \
           contiguous utc localtz
          tos !tos:1
          ttl !ttl-eq|ttl:1 ttl-lt:1 ttl-gt:1
          u32 !u32:1"
          udp !sport|source-port:1 !dport|destination-port:1
          """);

  private static final Map<String, Syntax> TARGETS =
      read(
          """
          AUDIT type:1
          CHECKSUM checksum-fill
          CLASSIFY set-class:1
          CLUSTERIP new hashmode:1 clustermac:1 total-nodes:1 local-node:1 hash-init:1
          CONNMARK set-xmark:1 set-mark:1 and-mark:1 or-mark:1 xor-mark:1 save-mark restore-mark \
           nfmask:1 ctmask:1 mask:1 left-shift-mark:1 right-shift-mark:1
          CONNSECMARK save restore
          CT notrack helper:1 timeout:1 ctevents:1 expevents:1 zone:1 zone-orig:1 zone-reply:1
          DNAT to-destination:1 random persistent
          DNPT src-pfx:1 dst-pfx:1
          DSCP set-dscp:1 set-dscp-class:1
          ECN ecn-tcp-remove
          HL hl-set:1 hl-dec:1 hl-inc:1
          ~HMARK hmark-tuple:1 hmark-mod:1 hmark-offset:1 hmark-src-prefix:1 hmark-dst-prefix:1 \
           hmark-sport-mask:1 hmark-dport-mask:1 hmark-spi-mask:1 hmark-sport:1 hmark-dport:1 \
           hmark-spi:1 hmark-proto-mask:1 hmark-rnd:1
          IDLETIMER timeout:1 label:1 alarm
          LED led-trigger-id:1" led-delay:1 led-always-blink
          LOG log-prefix:1' log-level:1 log-tcp-sequence log-tcp-options log-ip-options log-uid \
           log-macdecode
          MARK set-xmark:1 set-mark:1 and-mark:1 or-mark:1 xor-mark:1
          MASQUERADE to-ports:1 random random-fully
          NETMAP to:1
          NFLOG nflog-prefix:1' nflog-group:1 nflog-range:1 nflog-size:1 nflog-threshold:1
          NFQUEUE queue-num:1 queue-balance:1 queue-bypass queue-cpu-fanout
          NOTRACK
          RATEEST rateest-name:1 rateest-interval:1 rateest-ewmalog:1
          REDIRECT to-ports:1 random
          REJECT reject-with:1
          SECMARK selctx:1
          ~SET add-set:2 del-set:2 map-set:2 exist timeout:1 map-mark map-prio map-queue
          SNAT to-source:1 random random-fully persistent
          SNPT src-pfx:1 dst-pfx:1
          SYNPROXY sack-perm timestamp wscale:1 mss:1 ecn
          TCPMSS set-mss:1 clamp-mss-to-pmtu
          TCPOPTSTRIP strip-options:1
          TEE gateway:1 oif:1
          TOS set-tos:1 and-tos:1 or-tos:1 xor-tos:1
          TPROXY on-port:1 on-ip:1 tproxy-mark:1
          TRACE
          TTL ttl-set:1 ttl-dec:1 ttl-inc:1
          ULOG ulog-prefix:1' ulog-nlgroup:1 ulog-cprange:1 ulog-qthreshold:1
          """);

  /// What a rule can say in the place of a chain, so that no tool makes a chain of that name.
  private static final Set<String> VERDICTS = Set.of("ACCEPT", "DROP", "RETURN", "QUEUE");

  private static final Syntax UNKNOWN = new Syntax(false, true, List.of(), Map.of());

  private Extensions() {}

  /// How iptables-save quotes the words of an option.
  public enum Quoting {
    /// As they are.
    NEVER,
    /// Where they hold more than letters, digits, `_` and `-`.
    WHERE_NEEDED,
    /// Whatever they hold.
    ALWAYS
  }

  /// What is known of one option.
  ///
  /// @param words how many words follow it; -1 where one may
  public record OptionSyntax(
      String name, List<String> names, boolean negatable, int words, Quoting quoting) {}

  /// What is known of one extension.
  ///
  /// @param known false for one that stands in no table, whose options may be anything
  /// @param ordered whether the order of its options counts
  /// @param names the options by each of their names
  public record Syntax(
      boolean known, boolean ordered, List<OptionSyntax> options, Map<String, OptionSyntax> names) {
    /// How the words of the option are quoted.
    public Quoting quoting(String option) {
      OptionSyntax syntax = names.get(option);
      return syntax == null ? Quoting.NEVER : syntax.quoting();
    }

    /// The option of that name, or the only one whose name begins so, as the C library allows it.
    public Optional<OptionSyntax> option(String name) {
      OptionSyntax exact = names.get(name);
      if (exact != null) {
        return Optional.of(exact);
      }
      List<OptionSyntax> begun =
          options.stream()
              .filter(it -> it.names().stream().anyMatch(known -> known.startsWith(name)))
              .toList();
      return begun.size() == 1 ? Optional.of(begun.getFirst()) : Optional.empty();
    }

    /// Where the option stands among those of the extension.
    public int rank(String option) {
      OptionSyntax syntax = names.get(option);
      return syntax == null ? options.size() : options.indexOf(syntax);
    }
  }

  /// The syntax of a match; one that stands in no table is not [Syntax#known].
  public static Syntax match(String name) {
    return MATCHES.getOrDefault(name, UNKNOWN);
  }

  /// The syntax of a target; one that stands in no table is not [Syntax#known].
  public static Syntax target(String name) {
    return TARGETS.getOrDefault(name, UNKNOWN);
  }

  /// Whether that is the name of a target that is known, or of a verdict.
  public static boolean isTarget(String name) {
    return TARGETS.containsKey(name) || isVerdict(name);
  }

  /// Whether that is a verdict, which no chain is called.
  public static boolean isVerdict(String name) {
    return VERDICTS.contains(name);
  }

  private static Map<String, Syntax> read(String table) {
    Map<String, Syntax> syntaxes = new HashMap<>();
    for (String line : table.lines().toList()) {
      List<OptionSyntax> options = new ArrayList<>();
      String[] words = line.split(" +", -1);
      for (int i = 1; i < words.length; i++) {
        options.add(option(words[i]));
      }
      Map<String, OptionSyntax> names = new HashMap<>();
      options.forEach(option -> option.names().forEach(name -> names.put(name, option)));
      boolean ordered = words[0].startsWith("~");
      syntaxes.put(
          words[0].substring(ordered ? 1 : 0),
          new Syntax(true, ordered, List.copyOf(options), Map.copyOf(names)));
    }
    return syntaxes;
  }

  private static OptionSyntax option(String text) {
    Quoting quoting =
        switch (text.charAt(text.length() - 1)) {
          case '\'' -> Quoting.WHERE_NEEDED;
          case '"' -> Quoting.ALWAYS;
          default -> Quoting.NEVER;
        };
    boolean negatable = text.startsWith("!");
    int colon = text.indexOf(':');
    List<String> names =
        List.of(
            text.substring(negatable ? 1 : 0, colon < 0 ? text.length() : colon).split("\\|", -1));
    int words = colon < 0 ? 0 : text.charAt(colon + 1) == '*' ? -1 : text.charAt(colon + 1) - '0';
    return new OptionSyntax(names.getFirst(), names, negatable, words, quoting);
  }
}
