package dev.kproxy.cli.render.diff;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A report as JUnit's XML, in the form that Ant writes and most CI systems read: one test for each
/// finding, which fails; where nothing was found, one that does not.
///
/// Times are those of the epoch, so that the same sides give the same bytes.
public final class JunitReport implements ReportFormat {
  @Override
  public void write(Report report, OutputStream out) throws IOException {
    int findings = report.sections().stream().mapToInt(it -> it.findings().size()).sum();
    StringBuilder xml =
        new StringBuilder()
            .append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
            .append("  <testsuite id=\"0\" package=\"kproxy\" name=\"kproxy diff\"")
            .append(" timestamp=\"1970-01-01T00:00:00\" hostname=\"localhost\" tests=\"")
            .append(Math.max(1, findings))
            .append("\" failures=\"")
            .append(findings)
            .append("\" errors=\"0\" time=\"0\">\n    <properties>\n");
    property(xml, "old", report.before());
    property(xml, "new", report.after());
    xml.append("    </properties>\n");
    if (report.isEmpty()) {
      xml.append("    <testcase classname=\"kproxy.diff\" name=\"no difference\" time=\"0\" />\n");
    }
    for (Report.Section section : report.sections()) {
      for (Finding finding : section.findings()) {
        testcase(xml, section, finding);
      }
    }
    xml.append("    <system-out>")
        .append(escape(report.summary()))
        .append("</system-out>\n    <system-err />\n  </testsuite>\n</testsuites>\n");
    out.write(xml.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void property(StringBuilder xml, String name, String value) {
    xml.append("      <property name=\"").append(name).append("\" value=\"").append(escape(value));
    xml.append("\" />\n");
  }

  private static void testcase(StringBuilder xml, Report.Section section, Finding finding) {
    xml.append("    <testcase classname=\"")
        .append(escape(section.title()))
        .append("\" name=\"")
        .append(escape(finding.message()))
        .append("\" time=\"0\">\n      <failure type=\"")
        .append(finding.kind())
        .append("\" message=\"")
        .append(escape(finding.message()))
        .append("\">");
    finding
        .location()
        .ifPresent(at -> xml.append(escape(at.file() + ":" + at.line())).append('\n'));
    xml.append(escape(String.join("\n", finding.details())));
    xml.append("</failure>\n    </testcase>\n");
  }

  /// XML 1.0 cannot hold most control characters at all.
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int c : text.codePoints().toArray()) {
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        default -> escaped.appendCodePoint(isXml(c) ? c : '\ufffd');
      }
    }
    return escaped.toString();
  }

  private static boolean isXml(int c) {
    return List.of(0x9, 0xa, 0xd).contains(c)
        || (c >= 0x20 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }
}
