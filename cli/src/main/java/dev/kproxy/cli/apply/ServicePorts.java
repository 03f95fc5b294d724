package dev.kproxy.cli.apply;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kproxy.cli.render.TextArray;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The Service ports of plans, as a host remembers them, and as `kproxy.json` holds them.
public final class ServicePorts {
  private static final Pattern NAME = Pattern.compile(KubeProxyNames.SERVICE_PORT);
  private static final Pattern AT = Pattern.compile("(\\*|[0-9.]+|\\[[0-9a-f:.]+]):\\d{1,5}");

  private ServicePorts() {}

  /// The Service ports of all families.
  public static List<ServicePort> of(List<Plan> plans) {
    return plans.stream().flatMap(plan -> plan.services().stream()).map(ServicePorts::of).toList();
  }

  /// Writes them as a field of the open object.
  static void write(List<ServicePort> services, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("services");
    for (ServicePort service : services) {
      json.writeStartObject();
      json.writeStringField("name", service.name());
      json.writeStringField("protocol", service.protocol().toString());
      TextArray.write(json, "at", service.at());
      TextArray.write(json, "serving", service.serving());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Reads the rest of the array that has just begun.
  ///
  /// @throws IOException where something in it is no Service port
  static List<ServicePort> read(JsonParser json) throws IOException {
    List<ServicePort> services = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String name = "";
      Optional<Protocol> protocol = Optional.empty();
      Set<String> at = Set.of();
      Set<String> serving = Set.of();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "name" -> name = json.getText();
          case "protocol" -> protocol = Protocol.parse(json.getText());
          case "at" -> at = addresses(json);
          case "serving" -> serving = addresses(json);
          default -> json.skipChildren();
        }
      }
      if (!NAME.matcher(name).matches() || protocol.isEmpty()) {
        throw new IOException("no Service port: " + name);
      }
      services.add(new ServicePort(name, protocol.get(), at, serving));
    }
    return services;
  }

  private static Set<String> addresses(JsonParser json) throws IOException {
    Set<String> addresses = new TreeSet<>();
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      String address = json.getText();
      if (!AT.matcher(address).matches()) {
        throw new IOException("no address of a Service port: " + address);
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static ServicePort of(ServicePlan service) {
    Frontend frontend = service.frontend();
    Set<String> at = new TreeSet<>();
    Stream.of(
            Stream.of(frontend.clusterIp()),
            frontend.externalIps().stream(),
            frontend.loadBalancerIps().stream())
        .flatMap(ips -> ips)
        .map((Ip ip) -> ip.withPort(frontend.port()))
        .forEach(at::add);
    if (frontend.nodePort() != 0) {
      at.add("*:" + frontend.nodePort());
    }
    Set<String> serving = new TreeSet<>();
    if (frontend.name().protocol() == Protocol.UDP) {
      service.endpoints().all().stream()
          .filter(endpoint -> endpoint.inSlice().serving())
          .map(ServiceEndpoint::address)
          .forEach(serving::add);
    }
    return new ServicePort(frontend.name().toString(), frontend.name().protocol(), at, serving);
  }
}
