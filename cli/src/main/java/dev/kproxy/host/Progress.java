package dev.kproxy.host;

/// Hears what the protocol does.
public interface Progress {
  /// A step begins.
  void step(String what);

  /// Something was skipped, ignored or assumed.
  void note(String what);

  /// All notes are told, and what follows changes the host. To throw here is to stop before it.
  void begin();

  /// Hears nothing.
  Progress NONE =
      new Progress() {
        @Override
        public void step(String what) {}

        @Override
        public void note(String what) {}

        @Override
        public void begin() {}
      };
}
