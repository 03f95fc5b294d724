package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.Ingress;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;

/// Reads what a Service says of its load balancer: the addresses it has, and who may reach it.
final class LoadBalancer {
  /// What `loadBalancerSourceRanges` was before it was a field; kube-proxy does not read it.
  private static final String RANGES_ANNOTATION =
      "service.beta.kubernetes.io/load-balancer-source-ranges";

  private static final String RANGES = "loadBalancerSourceRanges";

  private LoadBalancer() {}

  /// Reports fields of `spec` that are for load balancers alone.
  static void check(Fields spec, Service.Type type) {
    if (type == Service.Type.LOAD_BALANCER) {
      spec.checkForm("loadBalancerClass", Form.QUALIFIED_NAME);
      return;
    }
    for (String field : List.of("allocateLoadBalancerNodePorts", "loadBalancerClass")) {
      if (spec.has(field)) {
        forbidden(spec, field);
      }
    }
  }

  /// The addresses of `status.loadBalancer`; an entry that has only a name is passed over.
  static List<Ingress> ingresses(Fields service, Service.Type type) {
    Fields status = service.object("status").object("loadBalancer");
    if (type != Service.Type.LOAD_BALANCER && status.size("ingress") > 0) {
      forbidden(status, "ingress");
      return List.of();
    }
    List<Ingress> ingresses = new ArrayList<>();
    for (Fields ingress : status.objects("ingress")) {
      checkHostName(ingress);
      if (!ingress.text("ip").isEmpty()) {
        ingress.checkOneOf("ipMode", List.of("Proxy", "VIP"));
        boolean proxied = ingress.text("ipMode").equals("Proxy");
        Addresses.read(ingress, "ip").ifPresent(ip -> ingresses.add(new Ingress(ip, proxied)));
      } else if (ingress.has("ipMode")) {
        ingress.fault(Code.FORBIDDEN, "ipMode", "is for entries with an ip alone");
      }
    }
    return ingresses;
  }

  private static void checkHostName(Fields ingress) {
    String name = ingress.text("hostname");
    if (name.isEmpty()) {
      return;
    }
    ingress.checkForm("hostname", Form.SUBDOMAIN);
    if (Ip.parseSloppy(name).isPresent()) {
      ingress.fault(Code.INVALID, "hostname", "must be a name, not an address");
    }
  }

  /// The ranges that may reach the load balancer; the white space around one counts for nothing.
  static List<Cidr> sourceRanges(Fields service, Fields spec, Service.Type type) {
    List<String> texts = spec.texts(RANGES);
    if (texts.isEmpty()) {
      checkAnnotation(service.object("metadata"), type);
      return List.of();
    }
    if (type != Service.Type.LOAD_BALANCER) {
      forbidden(spec, RANGES);
    }
    List<Cidr> ranges = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      Addresses.readRange(spec, RANGES, i, trim(texts.get(i))).ifPresent(ranges::add);
    }
    return ranges;
  }

  private static void checkAnnotation(Fields metadata, Service.Type type) {
    for (Value.Field annotation : metadata.entries("annotations")) {
      if (!annotation.name().equals(RANGES_ANNOTATION)) {
        continue;
      }
      if (type != Service.Type.LOAD_BALANCER) {
        String message = "is for Services of type LoadBalancer alone";
        metadata.fault(Code.FORBIDDEN, "annotations", annotation, message);
      }
      String text = trim(Fields.text(annotation.value()));
      for (String range : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        if (Cidr.parseSloppy(trim(range)).isEmpty()) {
          String message = Quotation.of(trim(range)) + " is no range as 10.0.0.0/8";
          metadata.fault(Code.INVALID, "annotations", annotation, message);
        }
      }
    }
  }

  private static void forbidden(Fields holder, String field) {
    holder.fault(Code.FORBIDDEN, field, "is for Services of type LoadBalancer alone");
  }

  /// As Go's `strings.TrimSpace`.
  private static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (from < to && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || c == '\u0085' || Character.isSpaceChar(c);
  }
}
