package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.differential.Wire.Sighting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A host in a network namespace, with wires to two others that never answer:
///
/// ```
/// client --- eth0  192.168.0.11/24, fd00::11/64   node   cni0  10.244.1.1, fd00:10:244:1::1 --- pod
/// ```
///
/// Packets for 10.244.0.0/16 and fd00:10:244::/48 leave by `cni0`, all others by `eth0`. A lab is
/// made and used by one thread, which it takes into the node's namespace.
final class Lab implements AutoCloseable {
  private static final String PLACE =
      """
      set -e
      mkdir -p /run/netns
      mount -t tmpfs none /run/netns
      link() {
        ip netns add "$1"
        ip link add "$2" address "$3" type veth peer name wan address "$4" netns "$1"
        ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
        ip -n "$1" link set wan up
        sysctl -qw net.ipv6.conf."$2".accept_dad=0 net.ipv6.conf."$2".accept_ra=0
        sysctl -qw net.ipv6.conf."$2".router_solicitations=0 net.ipv4.conf."$2".send_redirects=0
        ip link set "$2" up
        for gateway in 169.254.7.1 192.168.0.12 192.168.0.13 fe80::7:1 fd00::12; do
          ip neigh replace $gateway lladdr "$4" dev "$2" nud permanent
        done
      }
      sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
      ip link set lo up
      link client eth0 02:00:00:00:01:01 02:00:00:00:00:01
      link pod cni0 02:00:00:00:01:02 02:00:00:00:00:02
      ip addr add 192.168.0.11/24 brd + dev eth0
      ip addr add fd00::11/64 dev eth0 nodad
      ip addr add 10.244.1.1/32 dev cni0
      ip addr add fd00:10:244:1::1/128 dev cni0 nodad
      ip route add default via 169.254.7.1 dev eth0 onlink
      ip -6 route add default via fe80::7:1 dev eth0 onlink
      ip route add 10.244.0.0/16 via 169.254.7.1 dev cni0 onlink
      ip -6 route add fd00:10:244::/48 via fe80::7:1 dev cni0 onlink
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      sysctl -qw net.ipv4.conf.all.send_redirects=0 net.netfilter.nf_conntrack_tcp_be_liberal=1
      sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.cni0.rp_filter=0
      sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
      sysctl -qw net.ipv4.icmp_echo_ignore_all=1 net.ipv6.icmp.echo_ignore_all=1
      sysctl -qw net.ipv4.icmp_msgs_per_sec=1000000 net.ipv4.icmp_msgs_burst=1000000 || true
      sysctl -qw net.netfilter.nf_conntrack_max=1000000 2>/dev/null || true
      set +e
      """;

  private static final byte[] NODE_BY_ETH0 = frame("020000000101020000000001");
  private static final byte[] NODE_BY_CNI0 = frame("020000000102020000000002");
  private static final int QUIET_MILLIS = 8;

  private final Process shell;
  private final OutputStream commands;
  private final BufferedReader answers;
  private final Map<String, RawSocket> wires = new LinkedHashMap<>();
  private final Map<Integer, RawSocket> local4 = new LinkedHashMap<>();
  private final Map<Integer, RawSocket> local6 = new LinkedHashMap<>();
  private final RawSocket sender4;
  private final RawSocket sender6;
  private final RawSocket netfilter;
  private final Map<Integer, Delivered> delivered = new HashMap<>();
  private final Map<Integer, String> refused = new HashMap<>();

  /// Where a packet was seen.
  ///
  /// @param device the interface that it left by; empty where this host took it
  record Delivered(String device, Sighting sighting) {}

  Lab() throws IOException {
    shell =
        new ProcessBuilder("unshare", "--net", "--mount", "--propagation", "private", "bash")
            .redirectErrorStream(true)
            .start();
    commands = shell.getOutputStream();
    answers = shell.inputReader(StandardCharsets.UTF_8);
    run(PLACE);
    String root = "/proc/" + shell.pid();
    for (Map.Entry<String, String> wire : Map.of("client", "eth0", "pod", "cni0").entrySet()) {
      RawSocket.enter(root + "/root/run/netns/" + wire.getKey());
      wires.put(wire.getValue(), RawSocket.ofDevice("wan"));
    }
    RawSocket.enter(root + "/ns/net");
    for (int protocol : new int[] {1, 6, 17}) {
      local4.put(protocol, RawSocket.ofProtocol(RawSocket.INET, protocol));
    }
    for (int protocol : new int[] {58, 6, 17}) {
      local6.put(protocol, RawSocket.ofProtocol(RawSocket.INET6, protocol));
    }
    sender4 = RawSocket.sender(RawSocket.INET);
    sender6 = RawSocket.sender(RawSocket.INET6);
    netfilter = RawSocket.netfilter();
  }

  private static byte[] frame(String addresses) {
    return HexFormat.of().parseHex(addresses + "0000");
  }

  /// Runs a script on the node.
  ///
  /// @return what it printed
  /// @throws IllegalStateException where its last command failed
  String run(String script) throws IOException {
    commands.write((script + "\necho \"----$?\"\n").getBytes(StandardCharsets.UTF_8));
    commands.flush();
    StringBuilder printed = new StringBuilder();
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith("----")) {
        if (!line.equals("----0")) {
          throw new IllegalStateException(
              line
                  + ": "
                  + printed
                  + " of "
                  + script.substring(0, Math.min(1000, script.length())));
        }
        return printed.toString();
      }
      printed.append(line).append('\n');
    }
    throw new IllegalStateException("the shell has ended: " + printed);
  }

  /// Sends a packet to the node, or from it where there is no interface.
  ///
  /// @param device the node's interface that it comes in by
  void send(Family family, byte[] packet, Ip destination, Optional<String> device) {
    if (device.isEmpty()) {
      int _ =
          family == Family.IPV4
              ? sender4.send(packet, address(RawSocket.INET, destination))
              : sender6.send(packet, address(RawSocket.INET6, destination));
      return;
    }
    byte[] frame = new byte[14 + packet.length];
    byte[] head = device.get().equals("eth0") ? NODE_BY_ETH0 : NODE_BY_CNI0;
    System.arraycopy(head, 0, frame, 0, 14);
    int type = family == Family.IPV4 ? 0x0800 : 0x86dd;
    frame[12] = (byte) (type >> 8);
    frame[13] = (byte) type;
    System.arraycopy(packet, 0, frame, 14, packet.length);
    int failure = wire(device.get()).send(frame, new byte[0]);
    if (failure != 0) {
      throw new IllegalStateException("errno " + failure);
    }
  }

  private RawSocket wire(String device) {
    return wires.entrySet().stream()
        .filter(wire -> wire.getKey().equals(device))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static byte[] address(int family, Ip ip) {
    ByteBuffer address = ByteBuffer.allocate(family == RawSocket.INET ? 16 : 28);
    address.order(ByteOrder.nativeOrder()).putShort(0, (short) family);
    byte[] bytes = Wire.bytes(ip);
    address.put(family == RawSocket.INET ? 4 : 8, bytes);
    return address.array();
  }

  /// Takes in what has arrived.
  ///
  /// @return whether there was anything
  boolean drain() {
    boolean any = false;
    for (Map.Entry<String, RawSocket> wire : wires.entrySet()) {
      for (byte[] frame = wire.getValue().receive();
          frame != null;
          frame = wire.getValue().receive()) {
        note(wire.getKey(), Wire.frame(frame));
        any = true;
      }
    }
    for (RawSocket socket : local4.values()) {
      for (byte[] packet = socket.receive(); packet != null; packet = socket.receive()) {
        note("", Wire.packet4(ByteBuffer.wrap(packet)));
        any = true;
      }
    }
    for (Map.Entry<Integer, RawSocket> local : local6.entrySet()) {
      RawSocket socket = local.getValue();
      for (byte[] segment = socket.receive(); segment != null; segment = socket.receive()) {
        note("", Wire.segment6(socket.addresses(), local.getKey(), segment));
        any = true;
      }
    }
    return any;
  }

  private void note(String device, Optional<Sighting> seen) {
    seen.ifPresent(
        sighting ->
            sighting
                .refusal()
                .ifPresentOrElse(
                    how -> refused.putIfAbsent(sighting.number(), how),
                    () ->
                        delivered.putIfAbsent(sighting.number(), new Delivered(device, sighting))));
  }

  /// Takes in what arrives until nothing has come for a moment.
  void settle() throws InterruptedException {
    int quiet = 0;
    while (quiet < QUIET_MILLIS) {
      quiet = drain() ? 0 : quiet + 1;
      Thread.sleep(1);
    }
  }

  /// Where a packet was delivered.
  Optional<Delivered> delivered(int number) {
    return Optional.ofNullable(delivered.get(number));
  }

  /// How a packet was refused.
  Optional<String> refused(int number) {
    return Optional.ofNullable(refused.get(number));
  }

  /// Forgets all packets, and makes the kernel forget all connections.
  void forget() throws IOException {
    delivered.clear();
    refused.clear();
    // IPCTNL_MSG_CT_DELETE without a tuple, acknowledged
    ByteBuffer message = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    message.putInt(20).putShort((short) (1 << 8 | 2)).putShort((short) 5).putInt(1).putInt(0);
    int failure = netfilter.send(message.array(), new byte[] {16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    if (failure != 0) {
      throw new IOException("errno " + failure);
    }
    while (netfilter.receive() != null) {
      // nobody waits for the answers
    }
  }

  /// The lists of `-m recent`, by their names.
  Map<String, String> recent() throws IOException {
    Map<String, String> lists = new HashMap<>();
    for (Path list : recentLists()) {
      lists.put(list.getFileName().toString(), Files.readString(list));
    }
    return lists;
  }

  /// Empties the lists of `-m recent`.
  void forgetRecent() throws IOException {
    for (Path list : recentLists()) {
      Files.writeString(list, "/\n");
    }
  }

  private static List<Path> recentLists() throws IOException {
    Path lists = Path.of("/proc/thread-self/net/xt_recent");
    if (!Files.isDirectory(lists)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(lists)) {
      return new ArrayList<>(files.toList());
    }
  }

  @Override
  public void close() throws IOException {
    commands.close();
    try {
      int _ = shell.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
