package dev.kproxy.cli.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Printable;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads packets from lines of JSON, one object each.
public final class PacketLineReader {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String file;
  private final Predicate<Ip> isOwn;
  private final Consumer<Diagnostic> sink;

  /// A reader of the lines of one file.
  ///
  /// @param file the name of the lines in diagnostics
  /// @param isOwn whether an address is the host's own, which decides the origin where a line does
  ///   not say it
  /// @param sink takes the faults
  public PacketLineReader(String file, Predicate<Ip> isOwn, Consumer<Diagnostic> sink) {
    this.file = file;
    this.isOwn = isOwn;
    this.sink = sink;
  }

  /// The packet of a line; empty where it is none, which has been told then, or blank.
  ///
  /// @param line UTF-8, in an array
  /// @param number of the line, counted from 1
  public Optional<PacketLine> read(ByteBuffer line, int number) {
    if (isBlank(line)) {
      return Optional.empty();
    }
    try (JsonParser json =
        JSON.createParser(line.array(), line.arrayOffset() + line.position(), line.remaining())) {
      try {
        Draft draft = new Draft(number);
        if (json.nextToken() != JsonToken.START_OBJECT) {
          throw new BadPacket("a packet is a JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          draft.field(json.currentName(), json);
        }
        if (json.nextToken() != null) {
          throw new BadPacket("something stands after the packet");
        }
        return Optional.of(draft.build(isOwn));
      } catch (BadPacket e) {
        fault(Code.INVALID, number, json.currentTokenLocation().getColumnNr(), e.reason());
      } catch (JsonProcessingException e) {
        int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
        fault(Code.SYNTAX, number, column, "no JSON: " + words(e.getOriginalMessage()));
      }
    } catch (CharConversionException e) {
      fault(Code.ENCODING, number, 1, "no UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return Optional.empty();
  }

  private static boolean isBlank(ByteBuffer line) {
    for (int i = line.position(); i < line.limit(); i++) {
      byte c = line.get(i);
      if (c != ' ' && c != '\t' && c != '\r') {
        return false;
      }
    }
    return true;
  }

  /// What a parser says, without where it says so.
  private static String words(String message) {
    return message.replaceFirst("(?s)( \\(start marker at |\n).*", "");
  }

  private void fault(Code code, int line, int column, String message) {
    sink.accept(Diagnostic.error(code, new Location(file, line, Math.max(1, column)), message));
  }

  /// A packet while its fields are being read.
  private static final class Draft {
    private static final int NONE = -1;

    private String id;
    private boolean numeric = true;
    private @Nullable String protocol;
    private @Nullable Ip source;
    private @Nullable Ip destination;
    private int sport = NONE;
    private int dport = NONE;
    private @Nullable String origin;
    private @Nullable String in;
    private @Nullable String out;
    private Packet.@Nullable State state;
    private @Nullable String icmpType;
    private int icmpCode = NONE;
    private int mark;
    private Map<String, Integer> recent = Map.of();

    Draft(int number) {
      id = Integer.toString(number);
    }

    void field(String name, JsonParser json) throws IOException, BadPacket {
      JsonToken token = json.nextToken();
      switch (name) {
        case "id" -> {
          numeric = token.isNumeric();
          if (!numeric && token != JsonToken.VALUE_STRING) {
            throw new BadPacket("id: a number or a string");
          }
          id = json.getText();
        }
        case "protocol" -> protocol = string(name, json);
        case "src" -> source = PacketParts.ip(string(name, json));
        case "dst" -> destination = PacketParts.ip(string(name, json));
        case "sport" -> sport = PacketParts.port(integer(name, json));
        case "dport" -> dport = PacketParts.port(integer(name, json));
        case "origin" -> origin = string(name, json);
        case "in" -> in = PacketParts.device(string(name, json));
        case "out" -> out = PacketParts.device(string(name, json));
        case "state" -> state = PacketParts.state(string(name, json));
        case "icmpType" -> {
          if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
            throw new BadPacket("icmpType: a number or a name");
          }
          icmpType = json.getText();
        }
        case "icmpCode" -> icmpCode = PacketParts.icmpCode(integer(name, json));
        case "mark" -> mark = mark(json);
        case "recent" -> recent = recent(json);
        default -> throw new BadPacket(Printable.quote(name) + " is no field of a packet");
      }
    }

    private static String string(String name, JsonParser json) throws IOException, BadPacket {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw new BadPacket(name + ": a string is needed");
      }
      return json.getText();
    }

    private static long integer(String name, JsonParser json) throws IOException, BadPacket {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        String found =
            json.currentToken() == JsonToken.VALUE_STRING
                ? Printable.quote(json.getText())
                : json.getText();
        throw new BadPacket(name + ": a whole number is needed, not " + found);
      }
      return json.getLongValue();
    }

    /// A number, or a string as rules spell marks: `0x4000`.
    private static int mark(JsonParser json) throws IOException, BadPacket {
      try {
        long mark =
            json.currentToken() == JsonToken.VALUE_STRING
                ? Long.decode(json.getText())
                : integer("mark", json);
        if (mark >>> 32 == 0) {
          return (int) mark;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw new BadPacket("mark: a number of 32 bits is needed, not " + json.getText());
    }

    private static Map<String, Integer> recent(JsonParser json) throws IOException, BadPacket {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new BadPacket("recent: an object of list names and ages in seconds is needed");
      }
      Map<String, Integer> lists = new HashMap<>();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        long seconds = integer("recent", json);
        if (seconds < 0 || seconds > Integer.MAX_VALUE) {
          throw new BadPacket("recent: no age in seconds: " + seconds);
        }
        lists.put(name, (int) seconds);
      }
      return lists;
    }

    PacketLine build(Predicate<Ip> isOwn) throws BadPacket {
      if (protocol == null) {
        throw new BadPacket("protocol is missing");
      }
      if (source == null) {
        throw new BadPacket("src is missing");
      }
      if (destination == null) {
        throw new BadPacket("dst is missing");
      }
      Transport transport = transport(protocol, destination);
      Packet packet = Packet.of(PacketParts.header(source, destination, transport));
      boolean local =
          origin == null
              ? isOwn.test(source)
              : switch (origin) {
                case "local" -> true;
                case "forward" -> false;
                default -> throw new BadPacket("origin: forward or local");
              };
      packet = local ? packet.local() : in == null ? packet : packet.from(in);
      packet = out == null ? packet : packet.leavingBy(out);
      packet = state == null ? packet : packet.in(state);
      packet = mark == 0 ? packet : packet.marked(mark);
      packet = recent.isEmpty() ? packet : packet.on(recent);
      return new PacketLine(id, numeric, packet);
    }

    private Transport transport(String name, Ip to) throws BadPacket {
      Optional<Protocol> ports = PacketParts.protocol(name);
      if (ports.isPresent()) {
        if (icmpType != null || icmpCode != NONE) {
          throw new BadPacket("icmpType and icmpCode belong to icmp");
        }
        if (dport == NONE) {
          throw new BadPacket("dport is missing");
        }
        return new Transport.Ports(
            ports.get(), sport == NONE ? PacketParts.SOURCE_PORT : sport, dport);
      }
      if (sport != NONE || dport != NONE) {
        throw new BadPacket("icmp has no ports");
      }
      if (icmpType == null) {
        if (icmpCode != NONE) {
          throw new BadPacket("icmpCode without icmpType");
        }
        return PacketParts.echoRequest(to.family());
      }
      return PacketParts.icmp(icmpCode == NONE ? icmpType : icmpType + "/" + icmpCode, to.family());
    }
  }
}
