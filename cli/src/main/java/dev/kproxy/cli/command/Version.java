package dev.kproxy.cli.command;

import dev.kproxy.compile.KubeVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Which kproxy this is.
public final class Version implements IVersionProvider {
  /// The version of the build, as `0.1.0`.
  public static String kproxy() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "kproxy " + kproxy() + " (rules of kube-proxy " + KubeVersion.NEWEST + ")"
    };
  }
}
