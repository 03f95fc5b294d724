package dev.kproxy.manifest.schema;

import static dev.kproxy.manifest.schema.Schema.struct;

import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.schema.Schema.Leaf;
import dev.kproxy.manifest.schema.Schema.MapOf;
import dev.kproxy.manifest.schema.Schema.Struct;

/// The types of all fields that Kubernetes 1.36 knows of the kinds that are read
/// (`staging/src/k8s.io/api`, `types.go` of each group).
final class Schemas {
  private static final Struct SERVICE = service();
  private static final Struct ENDPOINT_SLICE = endpointSlice();
  private static final Struct ENDPOINTS = endpoints();
  private static final Struct NODE = node();
  private static final Struct SERVICE_CIDR = serviceCidr();

  private Schemas() {}

  /// The types of the fields of a kind.
  static Schema of(Kind kind) {
    return switch (kind) {
      case SERVICE -> SERVICE;
      case ENDPOINT_SLICE -> ENDPOINT_SLICE;
      case ENDPOINTS -> ENDPOINTS;
      case NODE -> NODE;
      case SERVICE_CIDR -> SERVICE_CIDR;
    };
  }

  private static Struct object() {
    Struct owner =
        struct()
            .texts("apiVersion", "kind", "name", "uid")
            .booleans("controller", "blockOwnerDeletion");
    Struct managed =
        struct()
            .texts("manager", "operation", "apiVersion", "fieldsType", "subresource")
            .times("time")
            .with("fieldsV1", Leaf.ANY);
    Struct metadata =
        struct()
            .texts("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion")
            .int64s("generation", "deletionGracePeriodSeconds")
            .times("creationTimestamp", "deletionTimestamp")
            .textMaps("labels", "annotations")
            .textLists("finalizers")
            .list("ownerReferences", owner)
            .list("managedFields", managed);
    return struct().texts("kind", "apiVersion").with("metadata", metadata);
  }

  private static Struct condition() {
    return struct()
        .texts("type", "status", "reason", "message")
        .int64s("observedGeneration")
        .times("lastTransitionTime");
  }

  private static Struct reference() {
    return struct()
        .texts("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath");
  }

  private static Struct service() {
    Struct port =
        struct()
            .texts("name", "protocol", "appProtocol")
            .int32s("port", "nodePort")
            .with("targetPort", Leaf.INT32_OR_TEXT);
    Struct affinity = struct().with("clientIP", struct().int32s("timeoutSeconds"));
    Struct spec =
        struct()
            .list("ports", port)
            .textMaps("selector")
            .textLists("clusterIPs", "externalIPs", "loadBalancerSourceRanges", "ipFamilies")
            .texts("clusterIP", "type", "sessionAffinity", "loadBalancerIP", "externalName")
            .texts("externalTrafficPolicy", "internalTrafficPolicy", "ipFamilyPolicy")
            .texts("loadBalancerClass", "trafficDistribution")
            .int32s("healthCheckNodePort")
            .booleans("publishNotReadyAddresses", "allocateLoadBalancerNodePorts")
            .with("sessionAffinityConfig", affinity);
    Struct ingress =
        struct()
            .texts("ip", "hostname", "ipMode")
            .list("ports", struct().int32s("port").texts("protocol", "error"));
    Struct status =
        struct()
            .with("loadBalancer", struct().list("ingress", ingress))
            .list("conditions", condition());
    return object().with("spec", spec).with("status", status);
  }

  private static Struct endpointSlice() {
    Struct hint = struct().texts("name");
    Struct endpoint =
        struct()
            .textLists("addresses")
            .with("conditions", struct().booleans("ready", "serving", "terminating"))
            .texts("hostname", "nodeName", "zone")
            .with("targetRef", reference())
            .textMaps("deprecatedTopology")
            .with("hints", struct().list("forZones", hint).list("forNodes", hint));
    return object()
        .texts("addressType")
        .list("endpoints", endpoint)
        .list("ports", struct().texts("name", "protocol", "appProtocol").int32s("port"));
  }

  private static Struct endpoints() {
    Struct address = struct().texts("ip", "hostname", "nodeName").with("targetRef", reference());
    Struct subset =
        struct()
            .list("addresses", address)
            .list("notReadyAddresses", address)
            .list("ports", struct().texts("name", "protocol", "appProtocol").int32s("port"));
    return object().list("subsets", subset);
  }

  private static Struct node() {
    Struct source =
        struct()
            .with(
                "configMap",
                struct().texts("namespace", "name", "uid", "resourceVersion", "kubeletConfigKey"));
    Struct spec =
        struct()
            .texts("podCIDR", "providerID", "externalID")
            .textLists("podCIDRs")
            .booleans("unschedulable")
            .list("taints", struct().texts("key", "value", "effect").times("timeAdded"))
            .with("configSource", source);
    return object().with("spec", spec).with("status", nodeStatus(source));
  }

  private static Struct nodeStatus(Struct source) {
    Struct condition =
        struct()
            .texts("type", "status", "reason", "message")
            .times("lastHeartbeatTime", "lastTransitionTime");
    Struct info =
        struct()
            .texts("machineID", "systemUUID", "bootID", "kernelVersion", "osImage")
            .texts("containerRuntimeVersion", "kubeletVersion", "kubeProxyVersion")
            .texts("operatingSystem", "architecture")
            .with("swap", struct().int64s("capacity"));
    Struct handler =
        struct()
            .texts("name")
            .with("features", struct().booleans("recursiveReadOnlyMounts", "userNamespaces"));
    Struct config =
        struct()
            .with("assigned", source)
            .with("active", source)
            .with("lastKnownGood", source)
            .texts("error");
    MapOf quantities = new MapOf(Leaf.QUANTITY);
    return struct()
        .with("capacity", quantities)
        .with("allocatable", quantities)
        .texts("phase")
        .list("conditions", condition)
        .list("addresses", struct().texts("type", "address"))
        .with("daemonEndpoints", struct().with("kubeletEndpoint", struct().int32s("Port")))
        .with("nodeInfo", info)
        .list("images", struct().textLists("names").int64s("sizeBytes"))
        .textLists("volumesInUse", "declaredFeatures")
        .list("volumesAttached", struct().texts("name", "devicePath"))
        .with("config", config)
        .list("runtimeHandlers", handler)
        .with("features", struct().booleans("supplementalGroupsPolicy"));
  }

  private static Struct serviceCidr() {
    return object()
        .with("spec", struct().textLists("cidrs"))
        .with("status", struct().list("conditions", condition()));
  }
}
