package dev.kproxy.manifest.config;

import dev.kproxy.manifest.config.Report.Origin;
import dev.kproxy.manifest.config.Schema.Field;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The values that were given for fields, and by whom. What is given later wins.
final class Settings {
  private final Map<Field<?>, Setting<?>> given = new HashMap<>();
  private final Set<Field<?>> unreadable = new HashSet<>();

  /// A value and who gave it.
  record Setting<T>(T value, Origin origin) {}

  <T> void put(Field<T> field, T value, Origin origin) {
    given.put(field, new Setting<>(value, origin));
    unreadable.remove(field);
  }

  /// Remembers that the value given is none of the field's type, so that nothing is concluded from
  /// its default.
  void spoil(Field<?> field) {
    given.remove(field);
    unreadable.add(field);
  }

  boolean isReadable(Field<?> field) {
    return !unreadable.contains(field);
  }

  /// What was given for the field.
  @SuppressWarnings("unchecked") // put allows no value of another type
  <T> Optional<Setting<T>> find(Field<T> field) {
    return Optional.ofNullable((Setting<T>) given.get(field));
  }

  /// The field's value: what was given, else the default.
  <T> T get(Field<T> field) {
    return find(field).map(Setting::value).orElse(field.fallback());
  }

  /// Who gave the field's value.
  Origin origin(Field<?> field) {
    Setting<?> setting = given.get(field);
    return setting == null ? new Origin.Default() : setting.origin();
  }
}
