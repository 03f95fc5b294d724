package dev.kproxy.manifest.read;

/// What tells an object from others of its kind; `namespace` is empty where the kind has none.
record ObjectName(String kind, String namespace, String name) {
  /// `Service shop/web`, `Node worker-1`; the kind alone where the name is wanting.
  String describe() {
    if (name.isEmpty()) {
      return kind;
    }
    return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
