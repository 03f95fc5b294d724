package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// Runs scripts as root in a User Mode Linux kernel over this machine's own files. That kernel has
/// IPVS, dummy interfaces, sets and the legacy iptables, whatever this machine's kernel has, and is
/// thrown away afterwards. It is in the Debian package user-mode-linux.
final class UserModeLinux {
  private static final List<String> TOOLS =
      List.of(
          "/usr/bin/linux.uml",
          "/usr/sbin/ipvsadm",
          "/usr/sbin/ipset",
          "/usr/sbin/iptables-legacy-save",
          "/usr/sbin/modprobe");

  private static final String DONE = "the script has come to its end";

  /// The kernel's first process, which gets what the kernel does not know of its command line in
  /// its environment.
  private static final String INIT =
      """
      #!/bin/bash
      export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
      mount -t proc proc /proc
      mount -t sysfs sys /sys
      mount -t tmpfs tmpfs /run
      mount --bind /usr/lib/uml/modules /lib/modules
      ip link set lo up
      cd "$kproxy_folder" && bash -eu script 2>&1 && echo '%s'
      halt -f -p
      """
          .formatted(DONE);

  /// How often a kernel may be started that dies of itself: it traces its processes as a debugger
  /// does, and on a busy machine it now and then loses one.
  private static final int STARTS = 3;

  private static final String LOST = "wait_stub_done";

  private UserModeLinux() {}

  /// Skips the test where such a kernel cannot run, unless the environment says
  /// `KPROXY_REQUIRE_KERNEL=1`.
  static void require() {
    boolean able =
        "root".equals(System.getProperty("user.name"))
            && TOOLS.stream().allMatch(tool -> Files.isExecutable(Path.of(tool)));
    if (!"1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      assumeTrue(able, "needs root, user-mode-linux, ipvsadm, ipset, iptables and kmod");
    }
  }

  /// Runs the script with `bash -eu` in `folder`, whose files it reads and writes.
  ///
  /// @return what it printed; a script that fails ends the test
  static String run(String script, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(Path.of("/lib/modules"));
    Files.writeString(folder.resolve("script"), script);
    Path init = Files.writeString(folder.resolve("init"), INIT);
    Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
    String talk = start(folder, init);
    for (int i = 1; i < STARTS && !talk.contains(DONE) && talk.contains(LOST); i++) {
      talk = start(folder, init);
    }
    assertThat(talk).contains(DONE);
    return talk;
  }

  private static String start(Path folder, Path init) throws IOException, InterruptedException {
    Process kernel =
        new ProcessBuilder(
                Stream.of(
                        "timeout 600 linux.uml mem=1024M root=/dev/root rootfstype=hostfs",
                        "rootflags=/ rw con=null con0=fd:0,fd:1 quiet",
                        "kproxy_folder=" + folder.toRealPath(),
                        "init=" + init.toRealPath())
                    .flatMap(words -> Stream.of(words.split(" ", -1)))
                    .toList())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .start();
    String talk = new String(kernel.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    kernel.waitFor();
    return talk;
  }
}
