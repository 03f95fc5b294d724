package dev.kproxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.config.ConfigurationReader;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.read.ManifestReader;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/// The readers of manifests and of configurations, given arbitrary bytes: nothing makes them throw,
/// they end, they say no more than their limits, and a stream that gives its bytes one by one says
/// the same as one that gives them all at once.
///
/// `mvn verify` gives them the texts of their folders in `ManifestsFuzzTestInputs`; `bench/fuzz`
/// makes new ones.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ManifestsFuzzTest {
  /// Twenty errors and twenty notes, and for each that there are more.
  private static final int MOST_OF_A_TEXT = 42;

  @FuzzTest
  void manifests(byte[] data) throws IOException {
    Objects objects = new Objects();
    DocumentReader.readObjects(new ByteArrayInputStream(data), "f", objects);
    objects.problems.assertAtMost(MOST_OF_A_TEXT);
    Objects dripped = new Objects();
    DocumentReader.readObjects(new Drip(data), "f", dripped);
    assertThat(dripped.found).isEqualTo(objects.found);
    assertThat(dripped.problems.lines()).isEqualTo(objects.problems.lines());

    Said said = new Said();
    Manifests manifests = read(objects.found, said);
    if (!said.failed()) {
      Said again = new Said();
      assertThat(read(objects.found, again)).isEqualTo(manifests);
      assertThat(again.lines()).isEqualTo(said.lines());
    }
  }

  private static Manifests read(List<Value.Mapping> objects, Said said) {
    ManifestReader reader = new ManifestReader(said);
    objects.forEach(object -> reader.accept(object, "f"));
    assertThat(reader.objects()).isEqualTo(objects.size());
    return reader.finish();
  }

  @FuzzTest
  void configuration(byte[] data) throws IOException {
    Objects objects = new Objects();
    DocumentReader.readConfiguration(new ByteArrayInputStream(data), "f", objects);
    objects.problems.assertAtMost(MOST_OF_A_TEXT);
    assertThat(objects.found).hasSizeLessThan(2);
    assertThat(objects.found.isEmpty() && objects.problems.lines().isEmpty()).isFalse();
    for (Value.Mapping object : objects.found) {
      Said said = new Said();
      Optional<ProxyConfiguration> read = ConfigurationReader.read("f", object, List.of(), said);
      assertThat(read.isEmpty()).isEqualTo(said.failed());
    }
  }

  /// What is found in a text.
  private static final class Objects implements DocumentReader.Sink {
    final List<Value.Mapping> found = new ArrayList<>();
    final Said problems = new Said();

    @Override
    public void object(Value.Mapping object) {
      found.add(object);
    }

    @Override
    public void problem(Diagnostic problem) {
      problems.accept(problem);
    }
  }

  /// Gives one byte at a time, as a slow pipe may.
  private static final class Drip extends InputStream {
    private final byte[] data;
    private int next;

    Drip(byte[] data) {
      this.data = data;
    }

    @Override
    public int read() {
      return next < data.length ? data[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int b = length == 0 ? 0 : read();
      if (length > 0 && b >= 0) {
        target[offset] = (byte) b;
      }
      return Math.min(length, b < 0 ? -1 : 1);
    }
  }
}
