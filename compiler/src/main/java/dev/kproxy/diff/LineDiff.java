package dev.kproxy.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which lines of two texts are not in both, in place.
///
/// Lines that stand once on either side hold the texts together: a longest row of them that is in
/// the same order on both is kept, and the stretches between are compared in the same way (the
/// patience diff of Bram Cohen). That takes n log n, however much differs.
final class LineDiff {
  private final List<Line> before;
  private final List<Line> after;
  private final List<LineChange> changes = new ArrayList<>();

  private LineDiff(List<Line> before, List<Line> after) {
    this.before = before;
    this.after = after;
  }

  /// A line, and where it stands in its file.
  record Line(String text, int number) {}

  /// The lines to take away and to add, in the order of the texts.
  static List<LineChange> of(List<Line> before, List<Line> after) {
    LineDiff diff = new LineDiff(before, after);
    diff.compare(0, before.size(), 0, after.size());
    return diff.changes;
  }

  private boolean same(int old, int now) {
    return before.get(old).text().equals(after.get(now).text());
  }

  private void compare(int oldFrom, int oldTo, int newFrom, int newTo) {
    int from = oldFrom;
    int to = oldTo;
    int nowFrom = newFrom;
    int nowTo = newTo;
    while (from < to && nowFrom < nowTo && same(from, nowFrom)) {
      from++;
      nowFrom++;
    }
    while (from < to && nowFrom < nowTo && same(to - 1, nowTo - 1)) {
      to--;
      nowTo--;
    }
    int[][] anchors =
        from == to || nowFrom == nowTo ? new int[2][0] : anchors(from, to, nowFrom, nowTo);
    if (anchors[0].length == 0) {
      replace(from, to, nowFrom, nowTo);
      return;
    }
    for (int i = 0; i < anchors[0].length; i++) {
      compare(from, anchors[0][i], nowFrom, anchors[1][i]);
      from = anchors[0][i] + 1;
      nowFrom = anchors[1][i] + 1;
    }
    compare(from, to, nowFrom, nowTo);
  }

  private void replace(int oldFrom, int oldTo, int newFrom, int newTo) {
    before
        .subList(oldFrom, oldTo)
        .forEach(line -> changes.add(new LineChange(false, line.text(), line.number())));
    after
        .subList(newFrom, newTo)
        .forEach(line -> changes.add(new LineChange(true, line.text(), line.number())));
  }

  /// The places of lines that stand once on either side, as many as are in the same order.
  private int[][] anchors(int oldFrom, int oldTo, int newFrom, int newTo) {
    Map<String, Integer> once = places(before, oldFrom, oldTo);
    Map<String, Integer> onceNow = places(after, newFrom, newTo);
    int[] olds = new int[once.size()];
    int[] news = new int[once.size()];
    int count = 0;
    for (int i = oldFrom; i < oldTo; i++) {
      String text = before.get(i).text();
      int now = onceNow.getOrDefault(text, -1);
      if (now >= 0 && once.getOrDefault(text, -1) == i) {
        olds[count] = i;
        news[count++] = now;
      }
    }
    int[] kept = Rising.of(Arrays.copyOf(news, count));
    int[][] anchors = new int[2][kept.length];
    for (int i = 0; i < kept.length; i++) {
      anchors[0][i] = olds[kept[i]];
      anchors[1][i] = news[kept[i]];
    }
    return anchors;
  }

  /// The place of each line; -1 for one that stands several times.
  private static Map<String, Integer> places(List<Line> lines, int from, int to) {
    Map<String, Integer> places = HashMap.newHashMap(to - from);
    for (int i = from; i < to; i++) {
      places.merge(lines.get(i).text(), i, (_, _) -> -1);
    }
    return places;
  }
}
