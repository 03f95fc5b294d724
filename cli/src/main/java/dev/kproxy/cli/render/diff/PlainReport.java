package dev.kproxy.cli.render.diff;

import dev.kproxy.net.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A report for people: the summary, then what was found, indented.
public final class PlainReport implements ReportFormat {
  @Override
  public void write(Report report, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder(report.summary()).append('\n');
    for (Report.Section section : report.sections()) {
      text.append('\n').append(Printable.escape(section.title())).append('\n');
      for (Finding finding : section.findings()) {
        text.append("  ").append(Printable.escape(finding.message())).append('\n');
        for (String detail : finding.details()) {
          text.append("    ").append(Printable.escape(detail)).append('\n');
        }
      }
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
