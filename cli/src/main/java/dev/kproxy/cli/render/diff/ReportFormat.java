package dev.kproxy.cli.render.diff;

import java.io.IOException;
import java.io.OutputStream;

/// One way to write a report.
@FunctionalInterface
public interface ReportFormat {
  /// Writes the whole report, in UTF-8.
  void write(Report report, OutputStream out) throws IOException;
}
