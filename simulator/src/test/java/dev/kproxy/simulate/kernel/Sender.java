package dev.kproxy.simulate.kernel;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// Sends packets from the network namespace that it is started in: for each argument
/// `udp|tcp,SOURCE,SPORT,DESTINATION,DPORT` one datagram, or one attempt to connect.
final class Sender {
  private static final int PATIENCE = 150;

  private Sender() {}

  public static void main(String[] packets) throws IOException {
    for (String packet : packets) {
      String[] words = packet.split(",", -1);
      InetAddress source = InetAddress.getByName(words[1]);
      int sport = Integer.parseInt(words[2]);
      InetSocketAddress destination =
          new InetSocketAddress(InetAddress.getByName(words[3]), Integer.parseInt(words[4]));
      try {
        if (words[0].equals("udp")) {
          datagram(source, sport, destination);
        } else {
          connect(source, sport, destination);
        }
      } catch (IOException e) {
        System.out.println(packet + ": " + e.getMessage());
      }
    }
  }

  private static void datagram(InetAddress source, int sport, InetSocketAddress destination)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, sport))) {
      socket.setBroadcast(true);
      socket.send(new DatagramPacket(new byte[] {1}, 1, destination));
    }
  }

  /// The first packet is all that matters; one answer or a moment is waited for.
  private static void connect(InetAddress source, int sport, InetSocketAddress destination)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(source, sport));
      socket.connect(destination, PATIENCE);
    } catch (ConnectException | SocketTimeoutException e) {
      System.out.println(destination + ": " + e.getMessage());
    }
  }
}
