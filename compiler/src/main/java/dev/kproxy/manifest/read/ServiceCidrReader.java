package dev.kproxy.manifest.read;

import dev.kproxy.manifest.ServiceCidr;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Form;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Metadata;
import dev.kproxy.manifest.fields.Quotation;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads ServiceCIDRs, which were never checked loosely: each range must be canonical.
final class ServiceCidrReader {
  Optional<ServiceCidr> read(Fields object) {
    Metadata.check(object, Kind.SERVICE_CIDR, Form.SUBDOMAIN);
    Fields spec = object.object("spec");
    List<Cidr> cidrs = new ArrayList<>();
    List<String> texts = spec.texts("cidrs");
    if (texts.isEmpty()) {
      spec.fault(Code.REQUIRED, "cidrs", "must hold one range, or one of each family");
    }
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      Optional<Cidr> cidr = Cidr.parse(text).filter(read -> read.toString().equals(text));
      if (cidr.isEmpty()) {
        String message = Quotation.of(text) + " is no canonical range as 10.0.0.0/8";
        spec.fault(Code.INVALID, "cidrs", i, message);
      }
      cidr.ifPresent(cidrs::add);
    }
    if (texts.size() > 2
        || (cidrs.size() == 2 && cidrs.getFirst().family() == cidrs.getLast().family())) {
      spec.fault(Code.INVALID, "cidrs", "must be at most one range of each family");
    }
    return object.report().failed()
        ? Optional.empty()
        : Optional.of(new ServiceCidr(object.report().name(), object.report().location(), cidrs));
  }
}
