package dev.kproxy.cli.diff;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.command.Options;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The options of the cluster input, each of them once for both sides and once for either.
final class SideOptions {
  /// Files of what a host has beside a file of rules.
  static final String IP6TABLES = "ip6tables";

  static final String IPSET = "ipset";
  static final String IPVS = "ipvs";

  private SideOptions() {}

  /// Which side.
  enum Which {
    /// What was.
    OLD("--old-"),
    /// What is to be.
    NEW("--new-");

    private final String prefix;

    Which(String prefix) {
      this.prefix = prefix;
    }
  }

  /// Adds `--old-…` and `--new-…` for every option of the cluster input; they are not listed one by
  /// one.
  static void addTo(CommandSpec command) {
    for (OptionSpec option : cluster().options()) {
      for (Which which : Which.values()) {
        String[] names =
            longNames(option).map(name -> which.prefix + name.substring(2)).toArray(String[]::new);
        command.addOption(OptionSpec.builder(option).names(names).hidden(true).build());
      }
    }
    for (Which which : Which.values()) {
      for (String kind : List.of(IP6TABLES, IPSET, IPVS)) {
        command.addOption(
            OptionSpec.builder(
                    Options.list("FILE", "What a host has beside OLD or NEW.", which.prefix + kind))
                .hidden(true)
                .build());
      }
    }
  }

  /// The files of one side that were named so.
  static List<String> files(ParseResult given, Which which, String kind) {
    return Options.all(given, which.prefix + kind);
  }

  private static CommandSpec cluster() {
    CommandSpec spec = CommandSpec.create();
    ClusterOptions.addTo(spec);
    return spec;
  }

  private static Stream<String> longNames(OptionSpec option) {
    return Stream.of(option.names()).filter(name -> name.startsWith("--"));
  }

  /// The options of one side: its own, and those for both that it does not have itself.
  ///
  /// @param files what the side itself is, where it is manifests
  static ClusterOptions of(ParseResult given, Which which, List<String> files) {
    CommandSpec spec = cluster();
    List<String> arguments = new ArrayList<>();
    Set<String> own = new HashSet<>();
    for (OptionSpec option : spec.options()) {
      String name = option.longestName();
      String sided = which.prefix + name.substring(2);
      if (given.hasMatchedOption(sided)) {
        own.add(name);
        add(arguments, option, given.matchedOption(sided));
      }
    }
    for (OptionSpec option : spec.options()) {
      String name = option.longestName();
      boolean isFiles = name.equals("--filename");
      if (given.hasMatchedOption(name) && (isFiles || !own.contains(name))) {
        add(arguments, option, given.matchedOption(name));
      }
    }
    for (String file : files) {
      arguments.add("--filename=" + file);
    }
    return ClusterOptions.of(new CommandLine(spec).parseArgs(arguments.toArray(String[]::new)));
  }

  private static void add(List<String> arguments, OptionSpec option, OptionSpec matched) {
    for (String value : matched.originalStringValues()) {
      arguments.add(
          option.arity().max() == 0 ? option.longestName() : option.longestName() + "=" + value);
    }
  }
}
