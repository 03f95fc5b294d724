package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Progress;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.Transaction;
import java.util.Optional;

/// Ends what a killed process began: on its new side where all tables are there already, else on
/// its old one.
final class Recovery {
  private final Host host;
  private final State state;
  private final Progress progress;
  private final boolean takeOver;

  /// @param takeOver whether a transaction that cannot be ended is given up
  Recovery(Host host, State state, Progress progress, boolean takeOver) {
    this.host = host;
    this.state = state;
    this.progress = progress;
    this.takeOver = takeOver;
  }

  /// What recovery found.
  enum Found {
    /// No transaction was under way.
    NOTHING,
    /// One was, and is ended on its new side. What comes after its rules is pending.
    FORWARD,
    /// One was, and is ended on its old side.
    BACK,
    /// One was under way before the host was booted; its rules are gone.
    ANOTHER_BOOT
  }

  /// Ends the transaction that is under way, if one is.
  Found run() throws HostFault {
    Host.Identity identity = host.identity();
    forgetPredecessor(identity);
    Optional<Transaction> journal = state.journal();
    if (journal.isEmpty()) {
      if (state.isDamaged()) {
        progress.note("a damaged record in the state directory counts as none");
        if (state.current().isPresent()) {
          state.abandon();
        }
        if (state.pending().isEmpty()) {
          state.settle();
        }
      } else {
        state.prune(); // A killed process may have kept generations before its journal.
      }
      return Found.NOTHING;
    }
    Transaction transaction = journal.get();
    if (!identity.isOf(transaction.epoch())) {
      state.abandon();
      return Found.ANOTHER_BOOT;
    }
    Optional<Change> change = change(transaction);
    if (change.isEmpty()) {
      return giveUp(
          transaction,
          HostFault.refused(
              "of its generations in the state directory one is damaged: "
                  + transaction.from()
                  + " or "
                  + transaction.to()));
    }
    progress.step("recover an interrupted " + transaction.verb());
    if (isFinished(change.get())) {
      state.postpone(transaction);
      return Found.FORWARD;
    }
    try {
      change.get().back();
      return Found.BACK;
    } catch (HostFault e) {
      return giveUp(transaction, e);
    }
  }

  private void forgetPredecessor(Host.Identity identity) throws HostFault {
    if (state.epoch().filter(identity::succeeds).isPresent()) {
      progress.note(State.OF_PREDECESSOR);
      state.abandon();
      state.settle();
      state.forget();
    }
  }

  private Found giveUp(Transaction transaction, HostFault why) throws HostFault {
    if (why.kind() != HostFault.Kind.REFUSED) {
      throw why;
    }
    String message =
        "an interrupted " + transaction.verb() + " cannot be ended: " + why.getMessage();
    if (!takeOver) {
      throw HostFault.refused(message + "; kproxy apply --take-over gives it up");
    }
    progress.note(message + "; given up");
    state.abandon();
    return Found.NOTHING;
  }

  private Optional<Change> change(Transaction transaction) throws HostFault {
    Optional<Generation> from = state.generation(transaction.from());
    Optional<Generation> to = state.generation(transaction.to());
    return from.isEmpty() || to.isEmpty()
        ? Optional.empty()
        : Optional.of(new Change(host, state, progress, transaction, from.get(), to.get()));
  }

  private boolean isFinished(Change change) throws HostFault {
    if (!change.standing().isComplete()) {
      return false;
    }
    try {
      change.complete();
      return true;
    } catch (HostFault e) {
      progress.note("an interrupted change is taken back: " + e.getMessage());
      return false;
    }
  }

  /// Does what is pending after the rules of a change, if something is.
  ///
  /// @return what is pending still
  Optional<HostFault> followUp() throws HostFault {
    Optional<Transaction> pending = state.pending();
    Host.Identity identity = host.identity();
    Optional<Change> change =
        pending.filter(it -> identity.isOf(it.epoch())).isPresent()
            ? change(pending.get())
            : Optional.empty();
    Optional<HostFault> left = change.flatMap(Change::followUp);
    if (pending.isPresent() && left.isEmpty()) {
      state.settle();
      state.prune();
    }
    return left;
  }
}
