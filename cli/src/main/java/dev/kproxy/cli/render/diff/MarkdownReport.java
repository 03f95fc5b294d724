package dev.kproxy.cli.render.diff;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A report for the comment of a pull request: the summary, then each Service; folded where that
/// would be long, and cut where it would be longer than a comment may be.
public final class MarkdownReport implements ReportFormat {
  /// GitHub takes 65,536 characters; GitLab more.
  private static final int COMMENT = 60_000;

  /// Services with so many lines together are shown without being folded.
  private static final int SHORT = 30;

  private static final int DETAILS = 20;

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("### kproxy diff: ").append(escape(report.summary())).append("\n\n");
    text.append("From `")
        .append(report.before().replace("`", "'"))
        .append("` to `")
        .append(report.after().replace("`", "'"))
        .append("`.\n");
    boolean folded =
        report.sections().stream()
                .flatMap(section -> section.findings().stream())
                .mapToInt(finding -> 1 + finding.details().size())
                .sum()
            > SHORT;
    int left = report.sections().size();
    for (Report.Section section : report.sections()) {
      String shown = section(section, folded);
      if (text.length() + shown.length() > COMMENT) {
        text.append("\n… and ").append(left).append(" more; `kproxy diff` shows all.\n");
        break;
      }
      text.append(shown);
      left--;
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String section(Report.Section section, boolean folded) {
    StringBuilder text = new StringBuilder("\n");
    if (folded) {
      int count = section.findings().size();
      text.append("<details><summary><b>")
          .append(html(section.title()))
          .append("</b>: ")
          .append(
              count == 1
                  ? html(section.findings().getFirst().kind().toString())
                  : count + " findings")
          .append("</summary>\n\n");
    } else {
      text.append("**").append(escape(section.title())).append("**\n\n");
    }
    for (Finding finding : section.findings()) {
      text.append("- ").append(escape(finding.message())).append('\n');
      int shown = 0;
      for (String detail : finding.details()) {
        if (shown++ == DETAILS) {
          text.append("  - … and ").append(finding.details().size() - DETAILS).append(" more\n");
          break;
        }
        text.append("  - ").append(escape(detail)).append('\n');
      }
    }
    return folded ? text.append("\n</details>\n").toString() : text.toString();
  }

  /// Text that stays what it is, whatever Markdown would make of it.
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\`*_{}[]<>#|~@$".indexOf(c) >= 0) {
        escaped.append('\\');
      }
      escaped.append(c < ' ' ? ' ' : c);
    }
    return escaped.toString();
  }

  private static String html(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('\n', ' ');
  }
}
