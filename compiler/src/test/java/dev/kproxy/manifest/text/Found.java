package dev.kproxy.manifest.text;

import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that a text holds: objects, and problems as the lines that users see.
class Found implements DocumentReader.Sink {
  final List<Value.Mapping> objects = new ArrayList<>();
  final List<String> problems = new ArrayList<>();

  @Override
  public void object(Value.Mapping object) {
    objects.add(object);
  }

  @Override
  public void problem(Diagnostic problem) {
    problems.add(problem.toString());
  }

  static Found objects(String text) {
    return objects(text.getBytes(StandardCharsets.UTF_8));
  }

  static Found objects(byte[] text) {
    Found found = new Found();
    try {
      DocumentReader.readObjects(new ByteArrayInputStream(text), "f", found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  static Found configuration(String text) {
    Found found = new Found();
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      DocumentReader.readConfiguration(new ByteArrayInputStream(bytes), "f", found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  List<@Nullable Object> plain() {
    List<@Nullable Object> all = new ArrayList<>();
    for (Value.Mapping object : objects) {
      all.add(Plain.of(object));
    }
    return all;
  }
}
