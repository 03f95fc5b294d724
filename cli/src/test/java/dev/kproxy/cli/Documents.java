package dev.kproxy.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The objects of a file, and files of objects in other forms.
final class Documents {
  private Documents() {}

  /// The objects of a file, lists opened.
  static List<Value.Mapping> read(Path file) {
    List<Value.Mapping> objects = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      DocumentReader.readObjects(
          in,
          file.toString(),
          new DocumentReader.Sink() {
            @Override
            public void object(Value.Mapping object) {
              objects.add(object);
            }

            @Override
            public void problem(Diagnostic problem) {
              throw new AssertionError(problem.toString());
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return objects;
  }

  /// A stream of JSON objects.
  static String json(List<Value.Mapping> objects) {
    return write(new JsonFactory(), objects);
  }

  /// YAML documents, every string in quotes.
  static String yaml(List<Value.Mapping> objects) {
    return write(YAMLFactory.builder().disable(YAMLGenerator.Feature.SPLIT_LINES).build(), objects);
  }

  private static String write(JsonFactory form, List<Value.Mapping> objects) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = form.createGenerator(text)) {
      for (Value.Mapping object : objects) {
        write(generator, object);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Value value) throws IOException {
    switch (value) {
      case Value.Mapping mapping -> {
        json.writeStartObject();
        for (Value.Field field : mapping.fields()) {
          json.writeFieldName(field.name());
          write(json, field.value());
        }
        json.writeEndObject();
      }
      case Value.Sequence sequence -> {
        json.writeStartArray();
        for (Value item : sequence.items()) {
          write(json, item);
        }
        json.writeEndArray();
      }
      case Value.Scalar scalar -> {
        switch (scalar.kind()) {
          case NULL -> json.writeNull();
          case BOOLEAN -> json.writeBoolean(Boolean.parseBoolean(scalar.text()));
          case INTEGER, FLOAT -> json.writeNumber(scalar.text());
          case STRING -> json.writeString(scalar.text());
        }
      }
    }
  }
}
