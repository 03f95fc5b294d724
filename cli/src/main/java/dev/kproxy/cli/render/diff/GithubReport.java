package dev.kproxy.cli.render.diff;

import dev.kproxy.net.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A report as workflow commands of GitHub Actions, which shows them beside the lines of files.
public final class GithubReport implements ReportFormat {
  @Override
  public void write(Report report, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("::notice title=kproxy diff::").append(data(report.summary())).append('\n');
    for (Report.Section section : report.sections()) {
      for (Finding finding : section.findings()) {
        text.append("::warning ");
        place(finding.location()).ifPresent(text::append);
        text.append("title=").append(property(section.title())).append("::");
        StringBuilder message = new StringBuilder(finding.message());
        finding.details().forEach(detail -> message.append('\n').append(detail));
        text.append(data(message.toString())).append('\n');
      }
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> place(Optional<Location> location) {
    return location
        .filter(at -> !at.file().equals("-"))
        .map(at -> "file=" + property(at.file()) + ",line=" + at.line() + ",");
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
