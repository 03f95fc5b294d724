package dev.kproxy.simulate.differential;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A socket of Linux that takes and gives whole packets, which no socket of the JDK can do. It
/// belongs to the network namespace that its thread was in when it was made, whichever thread uses
/// it later.
final class RawSocket {
  static final int INET = 2;
  static final int INET6 = 10;
  private static final int NETLINK = 16;
  private static final int PACKET = 17;
  private static final int RAW = 3;
  private static final int SOCKET_LEVEL = 1;
  private static final int BROADCAST = 6;
  private static final int RECEIVE_BUFFER_FORCE = 33;
  private static final int PACKET_LEVEL = 263;
  private static final int IGNORE_OUTGOING = 23;
  private static final int IPV6_LEVEL = 41;
  private static final int RECEIVE_PACKET_INFO = 49;
  private static final int ALL_PROTOCOLS = 3;
  private static final int DO_NOT_WAIT = 0x40;
  private static final int NETWORK_NAMESPACE = 0x40000000;
  private static final int NETFILTER = 12;
  private static final int ROOM = 4096;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_FIELD =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = function("bind", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPTION =
      function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SEND =
      function("sendto", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RECEIVE = function("recvmsg", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPEN = function("open", ADDRESS, JAVA_INT);
  private static final MethodHandle ENTER = function("setns", JAVA_INT, JAVA_INT);
  private static final MethodHandle INDEX = function("if_nametoindex", ADDRESS);

  private final int descriptor;
  private final MemorySegment errno;
  private final MemorySegment outgoing;
  private final MemorySegment target;
  private final MemorySegment incoming;
  private final MemorySegment source;
  private final MemorySegment control;
  private final MemorySegment message;

  private RawSocket(int domain, int protocol) throws IOException {
    Arena arena = Arena.ofAuto();
    errno = arena.allocate(Linker.Option.captureStateLayout());
    outgoing = arena.allocate(ROOM);
    target = arena.allocate(32);
    incoming = arena.allocate(ROOM);
    source = arena.allocate(32);
    control = arena.allocate(256, 8);
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, incoming);
    vector.set(JAVA_LONG, 8, ROOM);
    message = arena.allocate(56, 8);
    message.set(ADDRESS, 0, source);
    message.set(ADDRESS, 16, vector);
    message.set(JAVA_LONG, 24, 1);
    message.set(ADDRESS, 32, control);
    descriptor = checked((int) call(SOCKET, errno, domain, RAW, protocol), "socket");
  }

  /// All frames of an interface, and none of those that leave by this socket.
  static RawSocket ofDevice(String device) throws IOException {
    RawSocket socket = new RawSocket(PACKET, Short.reverseBytes((short) ALL_PROTOCOLS));
    MemorySegment address = socket.target.fill((byte) 0);
    address.set(JAVA_SHORT, 0, (short) PACKET);
    address.set(JAVA_SHORT, 2, Short.reverseBytes((short) ALL_PROTOCOLS));
    address.set(JAVA_INT, 4, index(device));
    socket.checked((int) call(BIND, socket.errno, socket.descriptor, address, 20), "bind");
    socket.option(PACKET_LEVEL, IGNORE_OUTGOING, 1);
    socket.option(SOCKET_LEVEL, RECEIVE_BUFFER_FORCE, 64 << 20);
    return socket;
  }

  /// Packets of a protocol that are delivered to this host.
  static RawSocket ofProtocol(int family, int protocol) throws IOException {
    RawSocket socket = new RawSocket(family, protocol);
    socket.option(SOCKET_LEVEL, RECEIVE_BUFFER_FORCE, 64 << 20);
    if (family == INET6) {
      socket.option(IPV6_LEVEL, RECEIVE_PACKET_INFO, 1);
    }
    return socket;
  }

  /// What this host sends, with headers of its own.
  static RawSocket sender(int family) throws IOException {
    RawSocket socket = new RawSocket(family, 255);
    socket.option(SOCKET_LEVEL, BROADCAST, 1);
    return socket;
  }

  /// Netfilter's own messages.
  static RawSocket netfilter() throws IOException {
    return new RawSocket(NETLINK, NETFILTER);
  }

  /// Takes the calling thread into a network namespace.
  static void enter(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int descriptor = (int) call(OPEN, errno, arena.allocateFrom(path), 0);
      if (descriptor < 0 || (int) call(ENTER, errno, descriptor, NETWORK_NAMESPACE) != 0) {
        throw new IOException(path + ": errno " + ERRNO_FIELD.get(errno, 0L));
      }
    }
  }

  /// Sends a packet.
  ///
  /// @param to the bytes of the socket address; empty where the socket is bound
  /// @return 0, or the number of the error
  int send(byte[] packet, byte[] to) {
    MemorySegment.copy(packet, 0, outgoing, ValueLayout.JAVA_BYTE, 0, packet.length);
    MemorySegment.copy(to, 0, target, ValueLayout.JAVA_BYTE, 0, to.length);
    MemorySegment address = to.length == 0 ? MemorySegment.NULL : target;
    long sent =
        (long) call(SEND, errno, descriptor, outgoing, (long) packet.length, 0, address, to.length);
    return sent < 0 ? (int) ERRNO_FIELD.get(errno, 0L) : 0;
  }

  /// What has arrived, or null.
  byte[] receive() {
    message.set(JAVA_INT, 8, 32);
    message.set(JAVA_LONG, 40, 256);
    int length = (int) (long) call(RECEIVE, errno, descriptor, message, DO_NOT_WAIT);
    return length < 0 ? null : incoming.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /// The source address of what was received last, and the destination, of a socket of IPv6.
  byte[] addresses() {
    byte[] addresses = new byte[32];
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, 8, addresses, 0, 16);
    MemorySegment.copy(control, ValueLayout.JAVA_BYTE, 16, addresses, 16, 16);
    return addresses;
  }

  private void option(int level, int name, int value) throws IOException {
    target.set(JAVA_INT, 0, value);
    checked((int) call(OPTION, errno, descriptor, level, name, target, 4), "setsockopt");
  }

  private int checked(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": errno " + ERRNO_FIELD.get(errno, 0L));
    }
    return result;
  }

  private static int index(String device) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int index = (int) call(INDEX, errno, arena.allocateFrom(device, StandardCharsets.US_ASCII));
      if (index == 0) {
        throw new IOException("no interface " + device);
      }
      return index;
    }
  }

  @SuppressWarnings("restricted") // a test may open a socket
  private static MethodHandle function(String name, MemoryLayout... arguments) {
    boolean wide = name.equals("sendto") || name.equals("recvmsg");
    return LINKER
        .downcallHandle(
            LINKER.defaultLookup().findOrThrow(name),
            FunctionDescriptor.of(wide ? JAVA_LONG : JAVA_INT, arguments),
            ERRNO)
        .asSpreader(1, Object[].class, arguments.length);
  }

  private static Object call(MethodHandle function, MemorySegment errno, Object... arguments) {
    try {
      return function.invoke(errno, arguments);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(Arrays.toString(arguments), e);
    }
  }
}
