package dev.kproxy.cli;

import dev.kproxy.cli.apply.ArtifactIndex;
import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.FileFault;
import dev.kproxy.compile.Artifact;
import dev.kproxy.compile.Style;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import dev.kproxy.net.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A directory of artifacts: one file for each tool, and `kproxy.json` that says what they are.
///
/// Every file is written beside its place first, and moved there when all are complete: whoever
/// looks sees each file as it was or as it is.
final class ArtifactDirectory {
  private static final int BUFFER = 1 << 16;

  private final String name;
  private final Console console;
  private final List<Written> written = new ArrayList<>();

  private record Written(Path temporary, String file, String sha256) {}

  ArtifactDirectory(String name, Console console) {
    this.name = name;
    this.console = console;
  }

  void write(List<Artifact> artifacts, Cluster cluster, Style style, List<ServicePort> services) {
    try {
      Path directory = Files.createDirectories(Path.of(name));
      try {
        for (Artifact artifact : artifacts) {
          add(directory, artifact.kind().file(), artifact.content());
        }
        Map<String, String> files = new LinkedHashMap<>();
        written.forEach(file -> files.put(file.file(), file.sha256()));
        add(
            directory,
            ArtifactIndex.FILE,
            out -> ArtifactIndex.write(cluster, style, files, services, out));
        Map<String, String> earlier = others(directory);
        for (Written file : written) {
          Files.move(
              file.temporary(),
              directory.resolve(file.file()),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        }
        for (Map.Entry<String, String> file : earlier.entrySet()) {
          remove(directory.resolve(file.getKey()), file.getValue());
        }
      } finally {
        for (Written file : written) {
          Files.deleteIfExists(file.temporary());
        }
      }
    } catch (IOException e) {
      refuse(FileFault.reason(e));
    } catch (InvalidPathException e) {
      refuse("not the name of a file");
    }
  }

  private void refuse(String reason) {
    console.accept(
        Diagnostic.error(
            Code.UNWRITABLE, new Location(name, 1, 1), "cannot be written: " + reason));
    console.checkpoint();
  }

  private void add(Path directory, String file, Artifact.Content content) throws IOException {
    Path temporary = directory.resolve("." + file + "." + ProcessHandle.current().pid());
    MessageDigest digest = Sha256.digest();
    Files.deleteIfExists(temporary);
    try (OutputStream out =
        Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      written.add(new Written(temporary, file, ""));
      OutputStream buffered = new BufferedOutputStream(new DigestOutputStream(out, digest), BUFFER);
      content.writeTo(buffered);
      buffered.flush();
    }
    written.removeLast();
    written.add(new Written(temporary, file, Sha256.hex(digest)));
  }

  /// The artifacts that an earlier run wrote and this one does not, with their SHA-256.
  private Map<String, String> others(Path directory) {
    Set<String> kept = written.stream().map(Written::file).collect(Collectors.toSet());
    List<String> others =
        Stream.of(Artifact.Kind.values())
            .map(Artifact.Kind::file)
            .filter(file -> !kept.contains(file) && isFile(directory.resolve(file)))
            .toList();
    Map<String, String> sums = new HashMap<>();
    if (!others.isEmpty()) {
      sums.putAll(ArtifactIndex.files(directory.resolve(ArtifactIndex.FILE)));
      sums.keySet().retainAll(others);
    }
    return sums;
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /// Takes a file away, unless somebody has changed it.
  private static void remove(Path file, String sum) throws IOException {
    if (isFile(file) && sha256(file).equals(sum)) {
      Files.deleteIfExists(file);
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, out);
    }
    return Sha256.hex(digest);
  }
}
