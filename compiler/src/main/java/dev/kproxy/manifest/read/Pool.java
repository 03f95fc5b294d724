package dev.kproxy.manifest.read;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One instance of each distinct text and list of texts: the names of nodes and zones stand at
/// every endpoint of a cluster, and are few.
final class Pool {
  private final Map<String, String> texts = new HashMap<>();
  private final Map<List<String>, List<String>> lists = new HashMap<>();

  String share(String text) {
    String known = texts.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  List<String> share(List<String> list) {
    return list.isEmpty() ? List.of() : lists.computeIfAbsent(list, List::copyOf);
  }
}
