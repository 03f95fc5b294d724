package dev.kproxy.cli.render.diff;

import java.util.List;

/// All that a comparison found.
///
/// @param before the old side, as the user called it
/// @param after the new side
/// @param isText whether texts were compared, not what becomes of packets
/// @param summary one line
/// @param sections what was found, in parts that belong together
public record Report(
    String before, String after, boolean isText, String summary, List<Section> sections) {
  public Report {
    sections = List.copyOf(sections);
  }

  /// Whether nothing was found.
  public boolean isEmpty() {
    return sections.isEmpty();
  }

  /// Findings that belong together.
  ///
  /// @param title the Service port, or the table whose text was compared; for people
  /// @param service the Service port as `namespace/service:port`; empty where it is about none
  /// @param protocol of the Service port; empty where it is about none
  /// @param findings at least one
  public record Section(String title, String service, String protocol, List<Finding> findings) {
    public Section {
      findings = List.copyOf(findings);
    }
  }
}
