package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The KubeProxyConfiguration that a ConfigMap holds as text. Who installs a cluster picks the name
/// of the ConfigMap and the key of the text:
///
/// | cluster | name | key |
/// |---|---|---|
/// | kubeadm, kind, k0s | `kube-proxy` | `config.conf` |
/// | EKS | `kube-proxy-config` | `config` |
/// | Gardener | `kube-proxy-config-` and a hash | `config.yaml` |
/// | OpenShift | `proxy-config` | `kube-proxy-config.yaml` |
public final class WrappedConfiguration {
  private static final String KEY = "config.conf";
  private static final Set<String> NAMES = Set.of("kube-proxy", "kube-proxy-config");
  private static final Pattern KIND =
      Pattern.compile("\\bkind\"?[ \t]*:[ \t]*[\"']?KubeProxyConfiguration\\b");

  private WrappedConfiguration() {}

  /// The field of a ConfigMap that holds it: `config.conf`, else the first whose text says to be
  /// one.
  public static Optional<Field> in(Mapping configMap) {
    List<Field> data =
        configMap.get("data").orElse(null) instanceof Mapping texts ? texts.fields() : List.of();
    return data.stream()
        .filter(field -> field.name().equals(KEY))
        .findFirst()
        .or(() -> data.stream().filter(WrappedConfiguration::saysSo).findFirst());
  }

  /// Whether a field is a text that says to be a KubeProxyConfiguration.
  public static boolean saysSo(Field field) {
    return KIND.matcher(Fields.text(field.value())).find();
  }

  /// Whether a ConfigMap among other objects has the name of the one that kube-proxy runs with.
  /// Under another name there may be several, of which a cluster uses one.
  public static boolean isNamed(Mapping configMap) {
    return configMap.get("metadata").orElse(null) instanceof Mapping metadata
        && NAMES.contains(Fields.text(metadata, "name"));
  }

  /// The ConfigMap's name in diagnostics, as `ConfigMap kube-system/kube-proxy`.
  public static String describe(Mapping configMap) {
    if (!(configMap.get("metadata").orElse(null) instanceof Mapping metadata)) {
      return "ConfigMap";
    }
    String namespace = Fields.text(metadata, "namespace");
    String prefix = namespace.isEmpty() ? "" : namespace + "/";
    return ("ConfigMap " + prefix + Fields.text(metadata, "name")).strip();
  }
}
