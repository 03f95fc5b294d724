package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.plan.Progress;
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

  Recovery(Host host, State state, Progress progress) {
    this.host = host;
    this.state = state;
    this.progress = progress;
  }

  /// What recovery found.
  enum Found {
    /// No transaction was under way.
    NOTHING,
    /// One was, and is ended on its new side.
    FORWARD,
    /// One was, and is ended on its old side.
    BACK,
    /// One was under way before the host was booted; its rules are gone.
    ANOTHER_BOOT
  }

  /// Ends the transaction that is under way, if one is.
  Found run() throws HostFault {
    Optional<Transaction> journal = state.journal();
    if (journal.isEmpty()) {
      if (state.isDamaged()) {
        progress.note("a damaged record in the state directory counts as none");
        if (state.current().isPresent()) {
          state.abandon();
        }
      } else {
        state.prune(); // A killed process may have kept generations before its journal.
      }
      return Found.NOTHING;
    }
    Transaction transaction = journal.get();
    if (!transaction.boot().equals(host.identity().boot())) {
      state.abandon();
      return Found.ANOTHER_BOOT;
    }
    Optional<Generation> from = state.generation(transaction.from());
    Optional<Generation> to = state.generation(transaction.to());
    if (from.isEmpty() || to.isEmpty()) {
      throw HostFault.refused(
          "an interrupted "
              + transaction.verb()
              + " cannot be ended: its generations are damaged in the state directory");
    }
    progress.step("recover an interrupted " + transaction.verb());
    Change change = new Change(host, state, progress, transaction, from.get(), to.get());
    if (change.standing().isComplete()) {
      change.complete();
      change.followUp();
      change.commit();
      return Found.FORWARD;
    }
    change.back();
    return Found.BACK;
  }
}
