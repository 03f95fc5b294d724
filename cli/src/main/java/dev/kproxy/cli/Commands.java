package dev.kproxy.cli;

import dev.kproxy.cli.apply.HostCommands;
import dev.kproxy.cli.apply.Surroundings;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.diff.DiffCommand;
import dev.kproxy.cli.whois.AnnotateCommand;
import dev.kproxy.cli.whois.WhoisCommand;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;

/// kproxy's commands, as picocli is told of them.
///
/// It takes picocli a millisecond or two to be told of one, a third of a short run for all of them:
/// a run tells it of the one that is asked for.
final class Commands {
  /// Makes the lists that options are gathered in. picocli's own factory looks for a class of
  /// Groovy first, and the JVM opens each jar to find that there is none.
  private static final IFactory FACTORY =
      new IFactory() {
        @Override
        public <K> K create(Class<K> type) {
          if (type != List.class) {
            throw new IllegalArgumentException(type.getName());
          }
          return type.cast(new ArrayList<>());
        }
      };

  private final Console console;
  private final InputStream in;
  private final Surroundings surroundings;

  Commands(Console console, InputStream in, Surroundings surroundings) {
    this.console = console;
    this.in = in;
    this.surroundings = surroundings;
  }

  /// kproxy with all its commands.
  CommandLine all() {
    return kproxy(_ -> true);
  }

  /// kproxy with the command that the arguments begin with; with all where they begin with none.
  CommandLine of(List<String> arguments) {
    if (arguments.equals(List.of("--version"))) {
      return kproxy(_ -> false);
    }
    CommandLine named = kproxy(command -> arguments.indexOf(command.name()) == 0);
    return named.getSubcommands().isEmpty() ? all() : named;
  }

  private CommandLine kproxy(Predicate<Command> wanted) {
    CommandLine kproxy = describe(new RootCommand());
    commands().stream().filter(wanted).forEach(command -> kproxy.addSubcommand(tree(command)));
    return kproxy;
  }

  private List<Command> commands() {
    List<Command> commands = new ArrayList<>();
    commands.add(new CompileCommand(console, in));
    commands.add(new DiffCommand(console, in));
    commands.add(new WhoisCommand(console, in));
    commands.add(new AnnotateCommand(console, in));
    commands.add(new SchemaCommand(console));
    commands.add(new CompletionCommand(console, this::all));
    commands.addAll(HostCommands.all(console, in, surroundings));
    commands.add(new TraceCommand());
    return commands;
  }

  private CommandLine tree(Command command) {
    CommandLine described = describe(command);
    if (command instanceof TraceCommand) {
      described.addSubcommand(describe(new TracePacketCommand(console, in)));
    }
    return described;
  }

  private static CommandLine describe(Command command) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command, FACTORY);
    spec.name(command.name());
    spec.interpolateVariables(false); // No text has any, and to look for them takes a while.
    command.describe(spec);
    return new CommandLine(spec, FACTORY);
  }
}
