package dev.kproxy.cli.render;

import dev.kproxy.cli.trace.Names;
import dev.kproxy.cli.trace.PacketLine;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Family;
import dev.kproxy.net.Printable;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Hook;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A trace for people: the way of the packet as a ladder of rules, then what may become of it.
///
/// A rule stands deeper than the one that called its chain. What it changed stands below it after
/// an arrow.
public final class TraceLadder {
  private final Names names;
  private final StringBuilder out = new StringBuilder();

  /// A ladder with names.
  ///
  /// @param names what addresses are called
  public TraceLadder(Names names) {
    this.names = names;
  }

  /// The way of the likeliest outcome, or of each, and all outcomes.
  ///
  /// @param paths whether ways are shown
  /// @param all whether those of all outcomes are
  public String print(Trace trace, boolean paths, boolean all) {
    Header sent = trace.packet().header();
    line(0, packet(sent));
    if (paths && all) {
      for (Outcome outcome : trace.outcomes()) {
        out.append('\n');
        line(0, summary(sent, outcome));
        path(sent, trace.packet().mark(), outcome.path(), 1);
      }
    } else if (paths) {
      path(sent, trace.packet().mark(), likeliest(trace.outcomes()).path(), 1);
    }
    out.append('\n');
    outcomes(sent, trace.outcomes(), 0);
    for (Trace.Affinity affinity : trace.affinity()) {
      line(0, affinity(affinity));
    }
    names.notes(trace).forEach(note -> line(0, "note: " + note));
    return out.toString();
  }

  /// One line: the name of the packet, and its outcomes.
  public String printLine(PacketLine packet, Trace trace) {
    Header sent = trace.packet().header();
    List<String> outcomes =
        trace.outcomes().stream().map(outcome -> summary(sent, outcome)).toList();
    return Printable.escape(packet.id() + ": " + String.join("; ", outcomes)) + "\n";
  }

  /// One outcome of a trace in one line, as [#print] shows it.
  public String summary(Trace trace, Outcome outcome) {
    return Printable.escape(summary(trace.packet().header(), outcome));
  }

  private static Outcome likeliest(List<Outcome> outcomes) {
    Outcome best = outcomes.getFirst();
    for (Outcome outcome : outcomes) {
      best = outcome.probability().compareTo(best.probability()) > 0 ? outcome : best;
    }
    return best;
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(Printable.escape(text)).append('\n');
  }

  private void path(Header sent, int mark, List<Step> path, int depth) {
    List<String> chains = new ArrayList<>();
    Header before = sent;
    int markBefore = mark;
    @Nullable Hook hook = null;
    String table = "";
    for (Step step : path) {
      if (hook(step) != hook) {
        hook = hook(step);
        line(depth, String.valueOf(hook));
        table = "";
      }
      int deep = depth + 1;
      switch (step) {
        case Step.Hit(Step.Place place, _, _, _) -> {
          if (!table.equals(place.table())) {
            chains.clear();
            table = place.table();
          }
          descend(chains, place.chain());
          deep = depth + chains.size();
          line(deep, rule(place, sent.family(), chains.size() == 1));
        }
        case Step.Policy(_, String of, String action, _, _) ->
            line(deep, of + ": policy " + action);
        case Step.Kernel(_, String action, _, _) -> line(deep, action);
      }
      change(deep + 1, before, markBefore, step);
      before = step.header();
      markBefore = step.mark();
    }
  }

  private static Hook hook(Step step) {
    return switch (step) {
      case Step.Hit(Step.Place place, _, _, _) -> place.hook();
      case Step.Policy(Hook hook, _, _, _, _) -> hook;
      case Step.Kernel(Hook hook, _, _, _) -> hook;
    };
  }

  /// Into a chain that was called, or back to one that called.
  private static void descend(List<String> chains, String chain) {
    int known = chains.indexOf(chain);
    if (known < 0) {
      chains.add(chain);
    } else {
      chains.subList(known + 1, chains.size()).clear();
    }
  }

  /// `nat KUBE-SERVICES 3: -d 10.96.0.10/32 … -j KUBE-SVC-…`; the table is named once.
  private String rule(Step.Place place, Family family, boolean first) {
    String text = IptablesPrinter.print(family, place.chain(), place.rule(), Spelling.SAVE);
    String rest = text.substring(Math.min(text.length(), "-A  ".length() + place.chain().length()));
    return (first ? place.table() + " " : "") + place.chain() + " " + place.number() + ": " + rest;
  }

  private void change(int depth, Header before, int markBefore, Step step) {
    if (!before.equals(step.header())) {
      line(depth, "=> " + packet(step.header()));
    }
    if (markBefore != step.mark()) {
      line(depth, "=> mark 0x" + Integer.toHexString(step.mark()));
    }
  }

  private String packet(Header header) {
    return switch (header.transport()) {
      case Transport.Ports(var protocol, int source, int destination) ->
          protocol.lowerCase()
              + " "
              + header.source().withPort(source)
              + " > "
              + header.destination().withPort(destination);
      case Transport.Icmp(int type, int code) -> icmp(header, type, code);
      case Transport.Icmp6(int type, int code) -> icmp(header, type, code);
    };
  }

  private String icmp(Header header, int type, int code) {
    return "icmp type "
        + type
        + (code == 0 ? "" : "/" + code)
        + " "
        + header.source()
        + " > "
        + header.destination();
  }

  private void outcomes(Header sent, List<Outcome> outcomes, int depth) {
    for (Outcome outcome : outcomes) {
      line(depth, summary(sent, outcome));
      if (outcome.verdict()
          instanceof
          Verdict.Undetermined(
              _,
              _,
              Optional<Step.Place> at,
              List<Outcome> ifTrue,
              List<Outcome> ifFalse)) {
        at.ifPresent(place -> line(depth + 1, "asked by " + rule(place, sent.family(), true)));
        if (!ifTrue.isEmpty() || !ifFalse.isEmpty()) {
          line(depth + 1, "if so:");
          outcomes(sent, ifTrue, depth + 2);
          line(depth + 1, "if not:");
          outcomes(sent, ifFalse, depth + 2);
        }
      }
    }
  }

  /// `50 % accept: forwarded to 10.0.0.2:80, source masqueraded (shop/web:http)`.
  private String summary(Header sent, Outcome outcome) {
    StringBuilder line = new StringBuilder(share(outcome)).append(' ');
    switch (outcome.verdict()) {
      case Verdict.Accept() -> line.append("accept: ").append(delivery(sent, outcome));
      case Verdict.Drop() -> line.append("drop");
      case Verdict.Reject(String with) -> line.append("reject with ").append(with);
      case Verdict.Undetermined(Verdict.Why why, _, _, _, _) ->
          line.append("undetermined: ").append(Hint.explain(why));
    }
    if (outcome.mark() != 0) {
      line.append(", mark 0x").append(Integer.toHexString(outcome.mark()));
    }
    names.service(sent, outcome).ifPresent(name -> line.append(" [").append(name).append(']'));
    return line.toString();
  }

  /// The exact share where it is short, and else as many digits as tell the kernel's draws apart.
  private static String share(Outcome outcome) {
    String exact = outcome.probability().toString();
    String shown =
        exact.length() <= 7
            ? exact
            : String.format(Locale.ROOT, "%.10f", outcome.probability().doubleValue());
    return outcome.share() == Share.EXACT ? shown : shown + " (" + outcome.share() + ")";
  }

  private String delivery(Header sent, Outcome outcome) {
    Header packet = outcome.packet();
    String to =
        packet.destinationPort() < 0
            ? packet.destination().toString()
            : packet.destination().withPort(packet.destinationPort());
    String way = outcome.delivery() == Delivery.LOCAL ? "to this host, at " + to : "sent to " + to;
    String source =
        outcome
            .snat()
            .map(
                translation ->
                    switch (translation) {
                      case Translation.Masquerade() -> ", masqueraded" + as(sent, packet);
                      case Translation.To changed -> ", from " + changed;
                    })
            .orElse("");
    return way + source;
  }

  private static String as(Header sent, Header packet) {
    return Objects.equals(sent.source(), packet.source()) ? "" : " as " + packet.source();
  }

  private static String affinity(Trace.Affinity affinity) {
    String age = affinity.seconds() > 0 ? " for " + affinity.seconds() + " s" : "";
    return "a client on list "
        + affinity.list()
        + age
        + " goes to "
        + affinity.dnat().map(Translation::toString).orElse("its own destination");
  }
}
