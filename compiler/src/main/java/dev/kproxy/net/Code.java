package dev.kproxy.net;

/// The kinds of diagnostics, each with a number that scripts may rely on: it is never given to
/// another meaning.
///
/// | numbers | what they are about |
/// |---|---|
/// | 1xx | files and their text: reading, YAML, JSON, kinds |
/// | 2xx | fields of Kubernetes objects, by what is wrong with the value |
/// | 3xx | the configuration of kube-proxy, and flags |
/// | 4xx | notes: what was skipped, ignored or assumed |
/// | 5xx | what cannot be compiled |
/// | 6xx | rule files |
/// | 7xx | hosts |
public enum Code {
  /// A file cannot be read.
  UNREADABLE(101),
  /// No object at all in the input.
  NO_OBJECTS(102),
  /// The text is neither YAML nor JSON.
  SYNTAX(103),
  /// The text is not UTF-8, or holds characters that YAML does not allow.
  ENCODING(104),
  /// A key stands twice in one mapping.
  DUPLICATE_KEY(105),
  /// An alias without an anchor, or aliases that would expand without end.
  ALIAS(106),
  /// A tag that makes something other than YAML's own values.
  TAG(107),
  /// Deeper, longer or more than kproxy reads.
  LIMIT(108),
  /// A document that is no object of Kubernetes: no mapping, or without kind or apiVersion.
  NOT_AN_OBJECT(109),
  /// A kind that kproxy uses, in a version that it does not read.
  UNSUPPORTED_VERSION(110),
  /// One object given twice with different content.
  CONFLICT(111),
  /// A file or directory cannot be written.
  UNWRITABLE(112),

  /// A value that must be there is not.
  REQUIRED(201),
  /// A value that the API server refuses.
  INVALID(202),
  /// A value that is not among those allowed.
  NOT_SUPPORTED(203),
  /// A value that may not be there.
  FORBIDDEN(204),
  /// A value that stands twice in a list.
  DUPLICATE(205),
  /// More items or characters than allowed.
  TOO_LONG(206),
  /// A value of another type than the field's.
  WRONG_TYPE(207),
  /// A value that no rule could hold, although the API server stores it.
  UNUSABLE(208),
  /// An address or a port that another object has already.
  TAKEN(209),

  /// A value of the configuration that kube-proxy refuses.
  CONFIGURATION(301),
  /// A flag with a value that kube-proxy refuses, or that contradicts another.
  FLAG(302),
  /// A mode, a version or a format that kproxy cannot do yet.
  UNSUPPORTED(303),

  /// A field that Kubernetes does not know.
  UNKNOWN_FIELD(401),
  /// Objects of kinds that make no rules.
  SKIPPED_KINDS(402),
  /// A Service that has no cluster IP yet.
  NO_CLUSTER_IP(403),
  /// A Service with a selector and no endpoints in the input.
  NO_ENDPOINTS(404),
  /// Endpoints that were mirrored for a Service with a selector.
  MIRRORED(405),
  /// A flag that wins over the configuration file.
  FLAG_WINS(406),
  /// A key of the configuration that stands twice; the last one counts.
  CONFIGURATION_DUPLICATE(407),
  /// A field of the configuration that this version of kube-proxy does not know.
  CONFIGURATION_UNKNOWN(408),
  /// A Local policy, a hint, a node port or a range that needs to know the node, or its addresses.
  NO_NODE(409),
  /// An address or a node port that kproxy gave to a Service.
  ALLOCATED(410),
  /// A value that was assumed because nothing said otherwise.
  ASSUMED(411),
  /// An object or a part of one that kube-proxy passes over.
  PASSED_OVER(412),
  /// A value that the API server warns of.
  DISCOURAGED(413),
  /// An address that several Services claim.
  SHARED(414),
  /// A configuration with which kube-proxy does not start on the node.
  NOT_STARTED(415),

  /// A range for addresses or ports that has no free one left.
  EXHAUSTED(501),
  /// A set with more entries than the kernel takes.
  SET_TOO_LARGE(502),

  /// A line that is no rule of this language.
  RULE_SYNTAX(601),
  /// Text of another command: `iptables -L` instead of iptables-save.
  WRONG_COMMAND(602),
  /// Text that says that only another tool can show it.
  OTHER_TOOL(603),
  /// An extension in a revision that the tool that printed it did not know.
  VERSION_SKEW(604),
  /// Chains that call each other in a loop, which no kernel takes.
  CHAIN_LOOP(605),

  /// A line that is not what a tool of the host prints of its network or its settings.
  HOST_SYNTAX(701),
  /// A tool of the host is missing or failed.
  HOST_TOOL(702),
  /// A privilege is missing.
  HOST_PRIVILEGE(703),
  /// A lock or a tool took too long.
  HOST_TIME(704),
  /// What could be done would harm, or is not what was asked for.
  HOST_REFUSED(705),
  /// A change that failed half-way and was taken back.
  ROLLED_BACK(706),
  /// Something that the host told or would not do.
  HOST_NOTE(707),
  /// A step after a change that is left to do.
  HOST_PENDING(708);

  private final int number;

  Code(int number) {
    this.number = number;
  }

  /// `KP` and three digits.
  @Override
  public String toString() {
    return "KP" + number;
  }
}
