package dev.kproxy.simulate.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernel does with packets under random rules what the machine foretells.
///
/// `-Dkproxy.differential.seed=N` is the seed of the first rule set, each other one has the next;
/// `-Dkproxy.differential.observations=N` says how many packets are sent.
class KernelDifferentialTest {
  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void doesWhatTheKernelDoes(String variant) throws InterruptedException {
    List<Throwable> failures = new ArrayList<>();
    // the thread goes into a network namespace and never comes back
    Thread thread = new Thread(() -> run(variant));
    thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
    thread.start();
    thread.join();
    for (Throwable failure : failures) {
      if (failure instanceof LabMissing) {
        assumeTrue(false, String.valueOf(failure.getMessage()));
      }
      throw new AssertionError(failure);
    }
  }

  private static void run(String variant) {
    long seed = Long.getLong("kproxy.differential.seed", 1);
    int wanted = Integer.getInteger("kproxy.differential.observations", 20_000) / 2;
    try (Lab lab = lab(variant)) {
      Differential differential = new Differential(lab, variant);
      long next = seed;
      while (differential.observations() < wanted && differential.disagreements().size() < 10) {
        differential.round(next++);
      }
      System.out.printf(
          "kernel differential, %s, seeds %d to %d, %s%n",
          variant, seed, next - 1, differential.figures());
      assertThat(differential.disagreements()).isEmpty();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Skips the test where there is no such kernel, unless KPROXY_REQUIRE_KERNEL=1.
  private static Lab lab(String variant) {
    try {
      Lab lab = new Lab();
      lab.run("iptables-" + variant + "-save && ip6tables-" + variant + "-save && ipset list");
      return lab;
    } catch (IOException | IllegalStateException e) {
      if ("1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
        throw new IllegalStateException(e);
      }
      throw new LabMissing(String.valueOf(e.getMessage()));
    }
  }

  private static final class LabMissing extends IllegalStateException {
    private static final long serialVersionUID = 1;

    LabMissing(String message) {
      super(message);
    }
  }
}
