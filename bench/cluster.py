"""A cluster of any size, as JSON or YAML documents with the fields that kubectl prints."""
import json


FIRST_NODE_PORT = 30000


def documents(count, endpoints, node_ports, moved=0):
    """Yields, for each of `count` Services, itself and its EndpointSlice; the first `node_ports` of them have node ports, and `moved` of them one
    endpoint at another address."""
    port = {"name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080}
    for i in range(count):
        name, namespace, ip = "svc-%06d" % i, "ns-%d" % (i % 100), address("10.96", i + 1)
        yield {"kind": "Service", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace},
               "spec": {"ports": [dict(port, nodePort=FIRST_NODE_PORT + i) if i < node_ports else port], "clusterIP": ip, "clusterIPs": [ip],
                        "type": "NodePort" if i < node_ports else "ClusterIP", "sessionAffinity": "None",
                        "ipFamilies": ["IPv4"], "internalTrafficPolicy": "Cluster"},
               "status": {"loadBalancer": {}}}
        addresses = [address("10.244", i * endpoints + e + 1) for e in range(endpoints)]
        if moved and i % (count // moved) == 0:
            addresses[endpoints // 2] = address("172.16", i + 1)
        yield {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
               "metadata": {"name": name + "-x", "namespace": namespace, "labels": {"kubernetes.io/service-name": name}},
               "addressType": "IPv4",
               "endpoints": [{"addresses": [addresses[e]],
                              "conditions": {"ready": True, "serving": True, "terminating": False},
                              "nodeName": "node-%d" % (e % 100)} for e in range(endpoints)],
               "ports": [{"name": "http", "protocol": "TCP", "port": 8080}]}


def address(start, n):
    """The nth IPv4 address from `start`.0.0."""
    a, b = map(int, start.split("."))
    n += a << 24 | b << 16
    return ".".join(str(n >> shift & 255) for shift in (24, 16, 8, 0))


def yaml(value, indent=""):
    """Yields the lines of a dict as block YAML, its keys sorted as kubectl sorts them; scalars are written plain."""
    for key, child in sorted(value.items()):
        if isinstance(child, list):
            yield indent + key + ":"
            for item in child:
                lines = list(yaml(item, indent + "  ")) if isinstance(item, dict) else [indent + "  " + item]
                yield indent + "- " + lines[0][len(indent) + 2:]
                yield from lines[1:]
        elif isinstance(child, dict) and child:
            yield indent + key + ":"
            yield from yaml(child, indent + "  ")
        else:
            yield indent + key + ": " + (json.dumps(child) if isinstance(child, (bool, dict)) else str(child))


def write(path, count, endpoints, node_ports=0, moved=0):
    """Writes the documents to a file that ends in .json or .yaml."""
    with open(path, "w") as out:
        for document in documents(count, endpoints, node_ports, moved):
            text = json.dumps(document, separators=(",", ":")) if path.endswith(".json") else "\n".join(yaml(document))
            out.write("---\n" + text + "\n")


def write_packets(path, count, services, node_ports, node_ip):
    """Writes packets, one a line: half to cluster IPs, a quarter to node ports, a quarter to no Service."""
    with open(path, "w") as out:
        for i in range(count):
            destination = (address("10.96", i * 7919 % services + 1), 80)
            if i % 4 == 2:
                destination = (node_ip, FIRST_NODE_PORT + i * 7919 % node_ports)
            elif i % 4 == 3:
                destination = (address("198.18", i % 100000), 443)
            packet = {"id": i, "protocol": "tcp", "src": address("10.244", i % 60000 + 1), "sport": 1024 + i % 60000,
                      "dst": destination[0], "dport": destination[1], "origin": "forward", "in": "cni0"}
            out.write(json.dumps(packet, separators=(",", ":")) + "\n")
