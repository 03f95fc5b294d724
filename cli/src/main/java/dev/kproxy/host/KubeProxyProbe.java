package dev.kproxy.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Looks for a kube-proxy in a network namespace: a process of that name, or somebody who listens
/// on its health port.
final class KubeProxyProbe {
  private static final String NAME = "kube-proxy";

  /// 10256 in hexadecimal, as `/proc/net/tcp` writes ports.
  private static final String HEALTH_PORT = ":2810";

  private static final String LISTENING = "0A";

  private final Path process;

  /// @param process a process of the namespace, in `/proc`
  KubeProxyProbe(Path process) {
    this.process = process;
  }

  /// What was found; empty where nothing was.
  String evidence() {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path candidate : processes) {
        if (isKubeProxy(candidate)) {
          return "process " + candidate.getFileName() + " is kube-proxy";
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return "";
    }
    boolean answers = Stream.of("net/tcp", "net/tcp6").anyMatch(this::listens);
    return answers ? "kube-proxy's health port 10256 answers" : "";
  }

  private boolean isKubeProxy(Path candidate) {
    try {
      return Files.readString(candidate.resolve("comm")).strip().equals(NAME) && isHere(candidate);
    } catch (IOException e) {
      return false; // It has ended.
    }
  }

  /// Whether a process is in the namespace, or in one that may not be seen.
  private boolean isHere(Path candidate) throws IOException {
    try {
      return Files.readSymbolicLink(candidate.resolve("ns/net"))
          .equals(Files.readSymbolicLink(process.resolve("ns/net")));
    } catch (AccessDeniedException e) {
      return true;
    }
  }

  private boolean listens(String table) {
    try {
      return Files.readAllLines(process.resolve(table)).stream()
          .map(line -> List.of(line.strip().split("\\s+")))
          .anyMatch(
              words ->
                  words.size() > 3
                      && words.get(1).endsWith(HEALTH_PORT)
                      && words.get(3).equals(LISTENING));
    } catch (IOException e) {
      return false;
    }
  }
}
