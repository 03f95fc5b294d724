package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.HostFault.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A [Store] in a folder that only its owner may enter.
///
/// The folder is opened once, and files in it by their bare names, without following links. A file
/// is written beside its place, flushed, renamed, and the folder is flushed: after a loss of power
/// it is the old one or the new one.
public final class StateDirectory implements Store, AutoCloseable {
  private static final String LOCK = "lock";

  /// What is being written; a process that is killed leaves one at most.
  private static final Path BESIDE = Path.of("new");

  private static final Duration POLL = Duration.ofMillis(50);

  /// Folders that a thread of this process has locked, or waits for. The kernel's lock is one of
  /// the whole process, and is gone as soon as any thread closes the file.
  private static final Set<Path> AT_WORK = ConcurrentHashMap.newKeySet();

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final SecureDirectoryStream<Path> directory;

  private StateDirectory(Path path, SecureDirectoryStream<Path> directory) {
    this.path = path;
    this.directory = directory;
  }

  /// Opens a folder, and makes it where it is missing.
  ///
  /// @param owner the name of the user that it must belong to
  /// @throws HostFault where it is not ours alone
  public static StateDirectory open(Path path, String owner) throws HostFault {
    try {
      make(path);
      return opened(path, owner);
    } catch (IOException e) {
      throw fault(path, "cannot be opened", e);
    }
  }

  /// The folder, if it is there.
  ///
  /// @throws HostFault where that cannot be told, or it is not ours alone
  public static Optional<StateDirectory> find(Path path, String owner) throws HostFault {
    try {
      return Optional.of(opened(path, owner));
    } catch (NoSuchFileException e) {
      requireNoFileAbove(path);
      return Optional.empty();
    } catch (IOException e) {
      throw fault(path, "cannot be opened", e);
    }
  }

  /// What a file should hold counts as missing, too.
  private static void requireNoFileAbove(Path path) throws HostFault {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
      throw new HostFault(Kind.TOOL, parent + " is no folder");
    }
  }

  private static void make(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      make(parent);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } catch (FileAlreadyExistsException e) {
        return; // Another kproxy was faster; whose it is is looked at when it is opened.
      }
    }
  }

  @SuppressWarnings("StreamResourceLeak") // It stays open until [#close].
  private static StateDirectory opened(Path path, String owner) throws IOException, HostFault {
    PosixFileAttributes attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()) {
      throw HostFault.refused(path + " is no folder of its own: a link or a file");
    }
    if (!attributes.owner().getName().equals(owner)
        || !OWNER_ONLY.containsAll(attributes.permissions())) {
      throw HostFault.refused(path + " must belong to " + owner + " alone (chmod 0700)");
    }
    DirectoryStream<Path> stream = Files.newDirectoryStream(path);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return new StateDirectory(path, secure);
    }
    stream.close();
    throw HostFault.refused(path + " is on a file system that cannot be opened safely");
  }

  private static HostFault fault(Path path, String what, IOException e) {
    Kind kind = e instanceof AccessDeniedException ? Kind.PRIVILEGE : Kind.TOOL;
    String reason =
        e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    return new HostFault(kind, path + " " + what + ": " + reason);
  }

  @Override
  public Optional<byte[]> read(String name) throws HostFault {
    try (SeekableByteChannel channel =
        directory.newByteChannel(
            Path.of(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return Optional.of(Channels.newInputStream(channel).readAllBytes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw fault(path.resolve(name), "cannot be read", e);
    }
  }

  @Override
  public void write(String name, byte[] content) throws HostFault {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);
    try {
      deleteIfThere(BESIDE);
      try (SeekableByteChannel channel = directory.newByteChannel(BESIDE, options, PRIVATE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        ((FileChannel) channel).force(true);
      }
      directory.move(BESIDE, directory, Path.of(name));
      flush();
    } catch (IOException e) {
      throw fault(path.resolve(name), "cannot be written", e);
    }
  }

  @Override
  public void delete(String name) throws HostFault {
    try {
      if (deleteIfThere(Path.of(name))) {
        flush();
      }
    } catch (IOException e) {
      throw fault(path.resolve(name), "cannot be deleted", e);
    }
  }

  private boolean deleteIfThere(Path name) throws IOException {
    try {
      directory.deleteFile(name);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Makes the names in the folder outlive a loss of power.
  private void flush() throws IOException {
    try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public List<String> names() throws HostFault {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    } catch (DirectoryIteratorException e) {
      throw fault(path, "cannot be read", Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw fault(path, "cannot be read", e);
    }
    names.sort(null);
    return names;
  }

  @Override
  public Lock lock(Duration limit) throws HostFault {
    return lockWithin(limit)
        .orElseThrow(
            () ->
                new HostFault(
                    Kind.TIME, "another kproxy has been at work for " + limit.toSeconds() + " s"));
  }

  @Override
  public Optional<Lock> tryLock() throws HostFault {
    return lockWithin(Duration.ZERO);
  }

  private Optional<Lock> lockWithin(Duration limit) throws HostFault {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!AT_WORK.add(path)) {
        if (System.nanoTime() >= deadline) {
          return Optional.empty();
        }
        Thread.sleep(POLL);
      }
      Optional<FileChannel> locked = Optional.empty();
      try {
        locked = lockedBefore(deadline);
      } finally {
        if (locked.isEmpty()) {
          AT_WORK.remove(path);
        }
      }
      return locked.map(
          channel ->
              () -> {
                close(channel);
                AT_WORK.remove(path);
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(Kind.TIME, "interrupted while another kproxy was at work");
    } catch (IOException e) {
      throw fault(path.resolve(LOCK), "cannot be locked", e);
    }
  }

  private Optional<FileChannel> lockedBefore(long deadline)
      throws IOException, InterruptedException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = (FileChannel) directory.newByteChannel(Path.of(LOCK), options, PRIVATE);
    boolean locked = false;
    try {
      while (channel.tryLock() == null) {
        if (System.nanoTime() >= deadline) {
          return Optional.empty();
        }
        Thread.sleep(POLL);
      }
      deleteIfThere(BESIDE); // A killed process was writing it.
      locked = true;
      return Optional.of(channel);
    } finally {
      if (!locked) {
        close(channel);
      }
    }
  }

  @Override
  public void close() {
    close(directory);
  }

  /// Closes what was only read or locked: all that can be lost is the end of the lock, which comes
  /// with that of the process at the latest.
  private static void close(Closeable read) {
    try {
      read.close();
    } catch (IOException _) {
      // whatever was to be done is done, and said
    }
  }
}
