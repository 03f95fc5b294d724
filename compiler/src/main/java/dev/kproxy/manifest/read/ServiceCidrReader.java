package dev.kproxy.manifest.read;

import dev.kproxy.manifest.ServiceCidr;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads ServiceCIDRs.
final class ServiceCidrReader {
  Optional<ServiceCidr> read(Fields object, ObjectName name, Location location) {
    List<Cidr> cidrs = new ArrayList<>();
    for (String text : object.object("spec").texts("cidrs")) {
      Cidr.parse(text).ifPresent(cidrs::add);
    }
    return Optional.of(new ServiceCidr(name.name(), location, cidrs));
  }
}
