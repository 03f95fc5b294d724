package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Progress;
import dev.kproxy.host.apply.Drafting.Way;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.plan.Inspection;
import dev.kproxy.host.plan.Making;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.Status;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.state.Deadline;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.Store;
import dev.kproxy.host.state.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What can be done to a host, each from its lock to its commit.
public final class Operations {

  private static final String FOLLOW_UP =
      "a follow-up step is pending, which kproxy recover does: ";

  private final Host host;
  private final Store store;
  private final State state;
  private final Progress progress;
  private final Watchdog watchdog;

  /// Operations on a host whose state is in a store.
  public Operations(Host host, Store store, Progress progress, Watchdog watchdog) {
    this.host = host;
    this.store = store;
    this.state = new State(store);
    this.progress = progress;
    this.watchdog = watchdog;
  }

  /// What an apply would change, and how long that would take.
  public <E extends Exception> Forecast plan(Making<E> making, Settings settings)
      throws HostFault, E {
    boolean interrupted = state.journal().isPresent();
    try (ReadAhead ahead = new ReadAhead(host, state, settings.backend())) {
      // Nobody is kept out: an apply may change the state and the tables while this makes its own.
      Drafting drafting = drafting(ahead);
      Target target = making.make();
      if (interrupted || state.journal().isPresent()) {
        progress.note("an interrupted change is there, which apply would end first");
      }
      Draft draft = drafting.apply(target, settings);
      return new Forecast(draft.plan(), draft.left());
    }
  }

  private Drafting drafting(ReadAhead ahead) throws HostFault {
    return new Drafting(host, state, progress, ahead.known(), ahead);
  }

  /// Whether a host still has what was applied.
  public Status status() throws HostFault {
    return new Inspection(host, state, progress).run();
  }

  /// Gives a host what it shall have. Where nobody else is at work, and nothing was interrupted,
  /// the host is read while that is made.
  public <E extends Exception> Outcome apply(Making<E> making, Settings settings)
      throws HostFault, E {
    progress.step("lock");
    Optional<Store.Lock> free = state.journal().isPresent() ? Optional.empty() : store.tryLock();
    Optional<Target> made = free.isPresent() ? Optional.empty() : Optional.of(making.make());
    try (Store.Lock _ = begin(free.isPresent() ? free.get() : lock(settings), settings);
        ReadAhead ahead = new ReadAhead(host, state, settings.backend())) {
      Target target = made.isPresent() ? made.get() : making.make();
      return run(drafting(ahead).apply(target, settings));
    }
  }

  /// Takes the last apply back.
  ///
  /// @param only the apply that is meant, where it is taken back for want of a confirmation; one
  ///   that is confirmed, or gone, stays as it is
  public Outcome rollback(Settings settings, Optional<String> only) throws HostFault {
    try (Store.Lock _ = begin(settings)) {
      Drafting drafting = new Drafting(host, state, progress);
      Optional<Installed> now = drafting.now();
      boolean meant = only.isEmpty() || now.filter(it -> it.waits(only.get())).isPresent();
      return meant
          ? takeBack(drafting, settings, only.isPresent() ? Way.BACK_ALONE : Way.BACK)
          : new Outcome(End.UNCHANGED, "that apply is confirmed or gone", Plan.NONE);
    }
  }

  private Outcome takeBack(Drafting drafting, Settings settings, Way way) throws HostFault {
    Optional<String> previous = drafting.now().flatMap(Installed::previous);
    if (previous.isEmpty()) {
      return run(drafting.uninstall(settings.drain(), way));
    }
    Generation earlier =
        state
            .generation(previous.get())
            .orElseThrow(() -> HostFault.refused("the generation before this one is not kept"));
    return run(drafting.back(earlier, settings, way));
  }

  /// Takes all of kproxy's away, and gives back what was there before.
  public Outcome uninstall(Settings settings) throws HostFault {
    try (Store.Lock _ = begin(settings)) {
      return run(new Drafting(host, state, progress).uninstall(settings.drain(), Way.BACK));
    }
  }

  /// Ends what was interrupted, and after a boot puts back what was committed, or what was there
  /// before where a confirmation was pending.
  public Outcome recover(Settings settings) throws HostFault {
    try (Store.Lock _ = store.lock(settings.lockLimit())) {
      host.awaitOrphans();
      Recovery recovery = new Recovery(host, state, progress, false);
      Recovery.Found found = recovery.run();
      boolean pending = state.pending().isPresent();
      Optional<HostFault> left = recovery.followUp();
      Outcome recovered = left.isPresent() ? pending(left.get()) : recovered(found, pending);
      Optional<Installed> known = state.current();
      if (known.isEmpty()) {
        return recovered;
      }
      Installed installed = known.get();
      if (!host.identity().isOf(installed.epoch())) {
        return afterBoot(installed, settings);
      }
      Optional<Deadline> deadline = installed.confirmBy();
      boolean late = deadline.isPresent() && deadline.get().left(host).isNegative();
      return late
          ? takeBack(new Drafting(host, state, progress), settings, Way.BACK_ALONE)
          : recovered;
    }
  }

  private static Outcome pending(HostFault left) {
    return new Outcome(End.PENDING, FOLLOW_UP + left.getMessage(), Plan.NONE);
  }

  private static Outcome recovered(Recovery.Found found, boolean pending) {
    return switch (found) {
      case NOTHING ->
          pending
              ? new Outcome(End.DONE, "the pending follow-up step was done", Plan.NONE)
              : new Outcome(End.UNCHANGED, "nothing was interrupted", Plan.NONE);
      case FORWARD -> new Outcome(End.DONE, "an interrupted change was finished", Plan.NONE);
      case BACK -> new Outcome(End.DONE, "an interrupted change was taken back", Plan.NONE);
      case ANOTHER_BOOT ->
          new Outcome(End.DONE, "a change from before the last boot was forgotten", Plan.NONE);
    };
  }

  private Outcome afterBoot(Installed installed, Settings settings) throws HostFault {
    Optional<String> address = installed.confirmed();
    if (address.isEmpty()) {
      state.forget();
      return new Outcome(
          End.DONE,
          "the apply before the last boot was not confirmed; nothing is applied",
          Plan.NONE);
    }
    Generation generation =
        state
            .generation(address.get())
            .orElseThrow(() -> HostFault.refused("the committed generation is not kept"));
    return run(new Drafting(host, state, progress).in(Verb.RECOVER, generation, settings));
  }

  /// Keeps an apply that waits for a confirmation.
  public Outcome confirm(Settings settings) throws HostFault {
    try (Store.Lock _ = begin(settings)) {
      Optional<Installed> now = state.current();
      if (now.flatMap(Installed::confirmBy).isEmpty()) {
        throw HostFault.refused(
            "no apply waits for a confirmation: it is confirmed already, or taken back");
      }
      state.record(now.get().waiting(Optional.empty()));
      return new Outcome(End.DONE, "confirmed", Plan.NONE);
    }
  }

  private Store.Lock lock(Settings settings) throws HostFault {
    return store.lock(settings.lockLimit());
  }

  private Store.Lock begin(Settings settings) throws HostFault {
    progress.step("lock");
    return begin(lock(settings), settings);
  }

  private Store.Lock begin(Store.Lock lock, Settings settings) throws HostFault {
    boolean begun = false;
    try {
      host.awaitOrphans();
      Recovery recovery = new Recovery(host, state, progress, settings.takeOver());
      if (recovery.run() == Recovery.Found.FORWARD) {
        recovery.followUp().ifPresent(left -> progress.note(FOLLOW_UP + left.getMessage()));
      }
      begun = true;
      return lock;
    } finally {
      if (!begun) {
        lock.close();
      }
    }
  }

  private Outcome run(Draft draft) throws HostFault {
    if (draft.plan().isEmpty() && draft.next().isPresent()) {
      remember(draft);
      state.settle(); // A plan holds what was pending, too.
      return new Outcome(End.UNCHANGED, stands(draft), draft.plan());
    }
    progress.begin();
    progress.step("journal");
    Transaction transaction = journal(draft);
    Optional<Installed> next = transaction.next();
    if (next.isPresent() && next.get().confirmBy().isPresent()) {
      try {
        watchdog.arm(next.get().id(), next.get().confirmBy().get().left(host));
      } catch (HostFault e) {
        state.abandon();
        throw e;
      }
    }
    Change change = new Change(host, state, progress, transaction, draft.from(), draft.to());
    try {
      change.forward(draft.plan());
    } catch (HostFault e) {
      return back(change, e, draft.plan());
    }
    Optional<HostFault> left;
    try {
      left = change.end();
    } catch (HostFault e) {
      left = Optional.of(e);
    }
    String done = done(draft, next);
    return left.isPresent()
        ? new Outcome(End.PENDING, done + "; " + FOLLOW_UP + left.get().getMessage(), draft.plan())
        : new Outcome(End.DONE, done, draft.plan());
  }

  private String stands(Draft draft) throws HostFault {
    return isRollback(draft)
        ? "what was applied before stands already, and waits for no confirmation"
        : unlessConfirmed("all is as it should be", state.current().flatMap(Installed::confirmBy));
  }

  private static boolean isRollback(Draft draft) {
    return draft.verb() == Verb.ROLLBACK;
  }

  private String done(Draft draft, Optional<Installed> next) throws HostFault {
    if (isRollback(draft)) {
      return "rolled back to the generation before";
    }
    return next.isPresent()
        ? unlessConfirmed("applied and read back", next.get().confirmBy())
        : "uninstalled";
  }

  private String unlessConfirmed(String stands, Optional<Deadline> deadline) throws HostFault {
    if (deadline.isEmpty()) {
      return stands;
    }
    Instant time = deadline.get().onClockOf(host).time();
    return stands + "; rolled back at " + time + " unless kproxy confirm comes first";
  }

  private Transaction journal(Draft draft) throws HostFault {
    String from = state.keep(draft.from());
    String to = state.keep(draft.to());
    String before = state.keep(draft.before());
    Map<TableKey, Marker.Swap> tables = new TreeMap<>();
    draft.plan().tables().forEach(step -> tables.put(step.change().key(), step.marker()));
    Transaction transaction =
        new Transaction(
            draft.verb().toString(),
            host.identity().epoch(),
            from,
            to,
            tables,
            draft.plan().sysctls(),
            draft.plan().counters(),
            draft.plan().dropped(),
            draft.plan().flows(),
            draft.drain(),
            draft.next().map(next -> next.at(to, before)));
    state.begin(transaction);
    return transaction;
  }

  /// The rules are the same, but what they were made of may be another thing, and what is taken
  /// back waits no longer.
  private void remember(Draft draft) throws HostFault {
    Optional<Installed> now = state.current();
    if (now.isPresent() && isRollback(draft)) {
      String address = state.keep(draft.to());
      state.record(draft.next().orElseThrow().at(address, now.get().before()));
      state.prune();
    } else if (now.isPresent() && !draft.from().equals(draft.to())) {
      String address = state.keep(draft.to());
      if (!address.equals(now.get().generation())) {
        state.record(now.get().at(address, now.get().before()));
        state.prune();
      }
    }
  }

  private Outcome back(Change change, HostFault cause, Plan plan) throws HostFault {
    progress.step("roll back");
    boolean touched;
    try {
      touched = !plan.balancer().isEmpty() || change.standing().hasBegun();
      change.back();
    } catch (HostFault e) {
      String message = cause.getMessage() + "; and the way back failed: " + e.getMessage();
      if (e.kind() == HostFault.Kind.REFUSED) {
        throw HostFault.refused(message);
      }
      return new Outcome(End.HALF, message + "; half applied until kproxy recover ends it", plan);
    }
    if (touched) {
      return new Outcome(End.ROLLED_BACK, cause.getMessage() + "; rolled back", plan);
    }
    throw new HostFault(cause.kind(), cause.getMessage() + "; nothing was changed");
  }
}
