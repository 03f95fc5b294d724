package dev.kproxy.cli.cluster;

import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.FileFault;
import dev.kproxy.cli.trace.Texts;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The files that a user names, with what goes wrong in reading them turned into diagnostics. A
/// command has one of it, so that standard input is not given to two readers.
public final class InputFiles implements Texts {
  /// A file of addresses or of rules, read whole, may have so many bytes.
  private static final int WHOLE_LIMIT = 256 << 20;

  /// What a text that is not plain UTF-8 may begin with.
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final byte[] UTF_16_BIG = {(byte) 0xfe, (byte) 0xff};
  private static final byte[] UTF_16_LITTLE = {(byte) 0xff, (byte) 0xfe};

  private static final String STANDARD_INPUT = "-";

  /// So much of a file tells what kind of text it is.
  private static final int BEGINNING = 1 << 16;

  private final InputStream in;
  private final Console console;
  private boolean inputTaken;

  /// Files, and standard input for `-`.
  ///
  /// @param console takes the faults
  public InputFiles(InputStream in, Console console) {
    this.in = new BufferedInputStream(in, BEGINNING);
    this.console = console;
  }

  /// What reads one input.
  @FunctionalInterface
  public interface Reader {
    void read(InputStream in, String file) throws IOException;
  }

  /// Reads each of the named inputs: a file, `-`, or the manifests of a directory in the order of
  /// their names.
  public void readManifests(List<String> names, boolean recursive, Reader reader) {
    for (String name : names) {
      Optional<Path> path = name.equals(STANDARD_INPUT) ? Optional.empty() : path(name);
      if (path.filter(Files::isDirectory).isPresent()) {
        directory(path.get(), recursive).forEach(file -> read(file.toString(), reader));
      } else {
        read(name, reader);
      }
    }
  }

  /// Reads one input; a fault of the file system becomes a diagnostic.
  public void read(String name, Reader reader) {
    if (name.equals(STANDARD_INPUT)) {
      if (inputTaken) {
        console.fault(Code.FLAG, "- stands twice, but standard input can be read only once");
      } else {
        inputTaken = true;
        attempt(name, () -> readText(in, STANDARD_INPUT, reader));
      }
    } else {
      path(name)
          .ifPresent(
              path ->
                  attempt(
                      name,
                      () -> {
                        try (InputStream stream = Files.newInputStream(path)) {
                          readText(stream, name, reader);
                        }
                      }));
    }
  }

  /// Reads what is not compressed, as dumps that are kept often are.
  private void readText(InputStream stream, String name, Reader reader) throws IOException {
    PushbackInputStream text = new PushbackInputStream(stream, GZIP.length);
    byte[] first = text.readNBytes(GZIP.length);
    if (Arrays.equals(first, GZIP)) {
      fault(Code.ENCODING, name, "compressed by gzip; \"gzip -dc\" gives the text");
    } else {
      text.unread(first);
      reader.read(text, name);
    }
  }

  /// The bytes of a file that is read whole, without a byte order mark.
  @Override
  public Optional<byte[]> bytes(String name) {
    List<byte[]> whole = new ArrayList<>(1);
    read(
        name,
        (stream, file) -> {
          byte[] bytes = stream.readNBytes(WHOLE_LIMIT + 1);
          if (bytes.length > WHOLE_LIMIT) {
            fault(Code.LIMIT, file, "over 256 MiB, which no such file has");
          } else if (begins(bytes, UTF_16_BIG) || begins(bytes, UTF_16_LITTLE)) {
            fault(Code.ENCODING, file, "the text is UTF-16 and has to be saved as UTF-8");
          } else {
            whole.add(unmarked(bytes));
          }
        });
    return whole.stream().findFirst();
  }

  private static boolean begins(byte[] bytes, byte[] with) {
    return bytes.length >= with.length
        && Arrays.equals(bytes, 0, with.length, with, 0, with.length);
  }

  private static byte[] unmarked(byte[] bytes) {
    return begins(bytes, MARK) ? Arrays.copyOfRange(bytes, MARK.length, bytes.length) : bytes;
  }

  /// The first bytes of a file, which can then still be read; empty for a directory, and for what
  /// cannot be read, which whoever reads it will say.
  public Optional<String> beginning(String name) {
    try {
      byte[] bytes;
      if (name.equals(STANDARD_INPUT)) {
        in.mark(BEGINNING);
        bytes = in.readNBytes(BEGINNING);
        in.reset();
      } else if (Files.isRegularFile(Path.of(name))) {
        try (InputStream stream = Files.newInputStream(Path.of(name))) {
          bytes = stream.readNBytes(BEGINNING);
        }
      } else {
        return Optional.empty();
      }
      return Optional.of(new String(unmarked(bytes), StandardCharsets.UTF_8));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean has(String directory, String file) {
    return path(directory).filter(path -> Files.isRegularFile(path.resolve(file))).isPresent();
  }

  private Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      fault(Code.UNREADABLE, name, "not the name of a file");
      return Optional.empty();
    }
  }

  private List<Path> directory(Path directory, boolean recursive) {
    List<Path> files = new ArrayList<>();
    attempt(
        directory.toString(),
        () -> {
          // A directory that is named through a link is entered; links inside of it are not.
          Path real = directory.toRealPath();
          Files.walkFileTree(
              real,
              Set.of(),
              recursive ? Integer.MAX_VALUE : 1,
              new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                  if (isManifest(file) && !Files.isDirectory(file)) {
                    files.add(directory.resolve(real.relativize(file)));
                  }
                  return FileVisitResult.CONTINUE;
                }
              });
        });
    if (files.isEmpty()) {
      fault(
          Code.NO_OBJECTS,
          directory.toString(),
          "no *.yaml, *.yml or *.json in it" + (recursive ? "" : "; -R looks below it, too"));
    }
    files.sort(null);
    return files;
  }

  private static boolean isManifest(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(String name, Attempt attempt) {
    console.doing("reading " + name);
    try {
      attempt.run();
    } catch (IOException e) {
      fault(Code.UNREADABLE, name, FileFault.reason(e));
    }
  }

  private void fault(Code code, String name, String message) {
    console.accept(Diagnostic.error(code, new Location(name, 1, 1), message));
  }
}
