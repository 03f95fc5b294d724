package dev.kproxy.cli.command;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/// Why a file could not be read or written, as people say it.
public final class FileFault {
  private FileFault() {}

  /// `no such file`, `permission denied`, or what the system said.
  public static String reason(IOException fault) {
    return switch (fault) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "a file of that name is there";
      case FileSystemLoopException _ -> "links that lead in a circle";
      case FileSystemException system ->
          Objects.requireNonNullElse(system.getReason(), system.getClass().getSimpleName());
      default -> String.valueOf(fault.getMessage());
    };
  }
}
