package dev.kproxy.iproute;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what `ip addr` prints, with `-o` or without, or `ip -j addr`.
public final class InterfacesParser {
  private static final Pattern HEAD =
      Pattern.compile("\\d+: ([^\\s:@]+)(?:@[^\\s:]+)?(?::|\\s)(.*)");
  private static final Pattern ADDRESS =
      Pattern.compile("inet6? (\\S+?)(?: peer [^\\s/]+)?(?:/(\\d+))?(?:\\s.*)?");

  private final String file;
  private final Consumer<Diagnostic> diagnostics;
  private final Map<String, List<Interface.Address>> interfaces = new LinkedHashMap<>();

  private InterfacesParser(String file, Consumer<Diagnostic> diagnostics) {
    this.file = file;
    this.diagnostics = diagnostics;
  }

  /// The interfaces in the order of the text.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes a fault for each line that is not understood
  public static List<Interface> parse(String text, String file, Consumer<Diagnostic> diagnostics) {
    InterfacesParser parser = new InterfacesParser(file, diagnostics);
    if (text.stripLeading().startsWith("[")) {
      parser.json(text);
    } else {
      parser.lines(text);
    }
    if (parser.interfaces.isEmpty()) {
      parser.fault(1, 1, "no interface in it; the output of \"ip addr\" or \"ip -j addr\" is due");
    }
    return parser.interfaces.entrySet().stream()
        .map(entry -> new Interface(entry.getKey(), List.of(), entry.getValue()))
        .toList();
  }

  private void lines(String text) {
    String current = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String rest = line.strip();
      Matcher head = HEAD.matcher(line);
      if (head.matches()) {
        current = head.group(1);
        interfaces.computeIfAbsent(current, _ -> new ArrayList<>());
        rest = head.group(2).strip();
      }
      if (rest.startsWith("inet")) {
        address(current, rest, number, line.indexOf("inet") + 1);
      } else if (current.isEmpty() && !rest.isEmpty()) {
        fault(number, 1, "not a line of \"ip addr\": " + Printable.quote(line));
        return;
      }
    }
  }

  private void address(String name, String text, int line, int column) {
    Matcher matcher = ADDRESS.matcher(text);
    if (name.isEmpty() || !matcher.matches()) {
      fault(line, column, "not an address: " + Printable.quote(text));
      return;
    }
    String prefix = matcher.group(2);
    add(name, matcher.group(1), prefix == null ? "" : prefix, line, column);
  }

  /// Without a prefix the address is a network of its own, as iproute2 prints it.
  private void add(String name, String address, String prefix, int line, int column) {
    Ip ip = Ip.parse(address).orElse(null);
    int bits = ip == null ? 0 : ip.family().bits();
    int length = prefix.isEmpty() ? bits : prefix.length() > 3 ? 1000 : Integer.parseInt(prefix);
    if (ip == null || length > bits) {
      fault(line, column, "not an address: " + Printable.quote(address + "/" + prefix));
      return;
    }
    interfaces
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(new Interface.Address(ip, length, Optional.empty(), "", List.of()));
  }

  private void json(String text) {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        link(json);
      }
    } catch (IOException e) {
      fault(1, 1, "not the JSON of \"ip -j addr\"");
    }
  }

  private void link(JsonParser json) throws IOException {
    String name = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("ifname")) {
        name = json.getText();
        interfaces.computeIfAbsent(name, _ -> new ArrayList<>());
      } else if (field.equals("addr_info") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          addressInfo(name, json);
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private void addressInfo(String name, JsonParser json) throws IOException {
    String local = "";
    String prefix = "";
    int line = json.currentTokenLocation().getLineNr();
    int column = json.currentTokenLocation().getColumnNr();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("local")) {
        local = json.getText();
      } else if (field.equals("prefixlen")) {
        prefix = json.getText();
      } else {
        json.skipChildren();
      }
    }
    if (!local.isEmpty()) {
      add(name, local, prefix.matches("\\d*") ? prefix : "1000", line, column);
    }
  }

  private void fault(int line, int column, String message) {
    diagnostics.accept(Diagnostic.error(Code.SYNTAX, new Location(file, line, column), message));
  }
}
