package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Service;
import dev.kproxy.manifest.Service.FamilyPolicy;
import dev.kproxy.manifest.fields.Addresses;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The cluster IPs of a Service and the families that it asks for, which must agree
/// (`ValidateServiceClusterIPsRelatedFields` and `initIPFamilyFields` of the API server).
///
/// @param headless whether the Service has none by its own wish: `None`
/// @param ips the addresses, the primary one first
/// @param families the families, the primary one first
/// @param policy how many families it asks for
record ClusterIps(boolean headless, List<Ip> ips, List<Family> families, FamilyPolicy policy) {
  private static final String NONE = "None";
  private static final List<String> FAMILIES = List.of("IPv4", "IPv6");
  private static final List<String> POLICIES =
      List.of("SingleStack", "PreferDualStack", "RequireDualStack");

  /// Reads the fields of `spec`, and reports what is wrong with them.
  static ClusterIps read(Fields spec, Service.Type type) {
    List<String> texts = texts(spec);
    boolean headless = texts.equals(List.of(NONE));
    if (type == Service.Type.EXTERNAL_NAME) {
      for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
        if (field.equals("clusterIPs") ? !texts.isEmpty() : isGiven(spec, field)) {
          spec.fault(Code.FORBIDDEN, field, "a Service of type ExternalName has none");
        }
      }
      return new ClusterIps(false, List.of(), List.of(), FamilyPolicy.SINGLE_STACK);
    }
    if (headless && type != Service.Type.CLUSTER_IP) {
      spec.fault(Code.INVALID, "clusterIPs", 0, "None is for Services of type ClusterIP alone");
    }
    checkPair(spec);
    List<Family> families = families(spec);
    List<Ip> ips = addresses(spec, texts);
    checkAgreement(spec, ips, families);
    spec.checkOneOf("ipFamilyPolicy", POLICIES);
    checkCount(spec, texts, headless);
    for (int i = families.size(); i < ips.size(); i++) {
      families.add(ips.get(i).family());
    }
    return new ClusterIps(headless, ips, families, policy(spec));
  }

  private static boolean isGiven(Fields spec, String field) {
    return spec.size(field) > 0 || !spec.text(field).isEmpty();
  }

  /// `clusterIPs`, or what an older client says with `clusterIP` alone.
  private static List<String> texts(Fields spec) {
    List<String> texts = spec.texts("clusterIPs");
    String first = spec.text("clusterIP");
    return texts.isEmpty() && !first.isEmpty() ? List.of(first) : texts;
  }

  private static void checkPair(Fields spec) {
    String first = spec.text("clusterIP");
    List<String> texts = spec.texts("clusterIPs");
    if (texts.isEmpty()) {
      return;
    }
    if (first.isEmpty()) {
      spec.fault(Code.INVALID, "clusterIPs", "must be empty where clusterIP is not given");
    } else if (!texts.getFirst().equals(first)) {
      spec.fault(Code.INVALID, "clusterIPs", "must begin with clusterIP " + Quotation.of(first));
    }
  }

  private static List<Family> families(Fields spec) {
    List<Family> families = new ArrayList<>(2);
    Set<String> seen = new HashSet<>();
    List<String> texts = spec.texts("ipFamilies");
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      if (!FAMILIES.contains(text)) {
        String message = Quotation.of(text) + " is none of IPv4, IPv6";
        spec.fault(Code.NOT_SUPPORTED, "ipFamilies", i, message);
      } else if (!seen.add(text)) {
        spec.fault(Code.DUPLICATE, "ipFamilies", i, text + " is there already");
      }
      families.add(text.equals("IPv6") ? Family.IPV6 : Family.IPV4);
    }
    return families;
  }

  private static List<Ip> addresses(Fields spec, List<String> texts) {
    boolean plural = spec.size("clusterIPs") > 0;
    List<Ip> ips = new ArrayList<>(2);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      if (i == 0 && text.equals(NONE)) {
        if (texts.size() > 1) {
          spec.fault(Code.INVALID, "clusterIPs", "None must be the only value");
        }
        continue;
      }
      Optional<Ip> ip =
          plural ? Addresses.read(spec, "clusterIPs", i, text) : Addresses.read(spec, "clusterIP");
      ip.ifPresent(ips::add);
    }
    if (texts.size() > 2) {
      spec.fault(Code.INVALID, "clusterIPs", "has more than 2 values");
    } else if (ips.size() == 2 && ips.getFirst().family() == ips.getLast().family()) {
      spec.fault(Code.INVALID, "clusterIPs", "has two addresses of one family");
    }
    return ips;
  }

  private static void checkAgreement(Fields spec, List<Ip> ips, List<Family> families) {
    for (int i = 0; i < Math.min(ips.size(), families.size()); i++) {
      if (ips.get(i).family() != families.get(i)) {
        String message = ips.get(i) + " is not of the family that ipFamilies[" + i + "] asks for";
        if (spec.size("clusterIPs") > 0) {
          spec.fault(Code.INVALID, "clusterIPs", i, message);
        } else {
          spec.fault(Code.INVALID, "clusterIP", message);
        }
      }
    }
  }

  /// Without a policy it is SingleStack, but a headless Service without a selector may have both
  /// families.
  private static void checkCount(Fields spec, List<String> texts, boolean headless) {
    boolean single =
        spec.has("ipFamilyPolicy")
            ? spec.text("ipFamilyPolicy").equals("SingleStack")
            : !(headless && spec.entries("selector").isEmpty());
    if (single && (texts.size() == 2 || spec.size("ipFamilies") == 2)) {
      spec.fault(
          Code.INVALID,
          "ipFamilyPolicy",
          "must be PreferDualStack or RequireDualStack where two addresses or families are given");
    }
  }

  private static FamilyPolicy policy(Fields spec) {
    return switch (spec.text("ipFamilyPolicy")) {
      case "PreferDualStack" -> FamilyPolicy.PREFER_DUAL_STACK;
      case "RequireDualStack" -> FamilyPolicy.REQUIRE_DUAL_STACK;
      default -> FamilyPolicy.SINGLE_STACK;
    };
  }
}
