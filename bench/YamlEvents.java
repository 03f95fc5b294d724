import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.events.Event;

/// The least that reading YAML with SnakeYAML can take: all events of the file `args[0]`, counted and thrown away.
final class YamlEvents {
  public static void main(String[] args) throws IOException {
    var options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    long events = 0;
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]))) {
      for (Event _ : new Yaml(new SafeConstructor(options)).parse(reader)) {
        events++;
      }
    }
    System.out.println(events);
  }
}
