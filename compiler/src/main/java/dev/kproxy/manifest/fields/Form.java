package dev.kproxy.manifest.fields;

/// A form that a name must have (`apimachinery/pkg/util/validation`).
public enum Form {
  /// RFC 1123 label: a Service, a namespace, a port.
  LABEL(
      "must be at most 63 lower case letters, digits and '-',"
          + " with a letter or digit at both ends"),
  /// RFC 1123 subdomain: a node, an EndpointSlice.
  SUBDOMAIN(
      "must be at most 253 lower case letters, digits, '-' and '.',"
          + " with a letter or digit at both ends of each part"),
  /// The value of a label.
  LABEL_VALUE(
      "must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"),
  /// The name of a label, an annotation, a finalizer: a name with an optional `subdomain/` in
  /// front.
  QUALIFIED_NAME(
      "must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends,"
          + " and may have a DNS name and '/' in front"),
  /// A port of a container by name (IANA service name).
  PORT_NAME(
      "must be at most 15 lower case letters, digits and single '-', with a letter among them"
          + " and no '-' at either end"),
  /// The name of a host: a subdomain of two labels or more, perhaps with a dot at its end.
  HOST_NAME("must be a DNS name of two parts or more");

  private final String rule;

  Form(String rule) {
    this.rule = rule;
  }

  /// Whether `text` has the form.
  public boolean fits(String text) {
    return switch (this) {
      case LABEL -> isLabel(text);
      case SUBDOMAIN -> isSubdomain(text);
      case LABEL_VALUE -> isLabelValue(text);
      case QUALIFIED_NAME -> isQualifiedName(text);
      case PORT_NAME -> isPortName(text);
      case HOST_NAME -> isHostName(text);
    };
  }

  /// Whether all that `text` lacks of the form is that it is longer: by what no buffer minds.
  boolean isOnlyTooLong(String text) {
    return text.length() <= 253
        && !fits(text)
        && switch (this) {
          case LABEL -> isLabel(text, 0, text.length());
          case LABEL_VALUE -> hasNameLetters(text, 0);
          case SUBDOMAIN, QUALIFIED_NAME, PORT_NAME, HOST_NAME -> false;
        };
  }

  /// What the form asks for, as the end of a message.
  public String rule() {
    return rule;
  }

  private static boolean isLabel(String text) {
    return text.length() <= 63 && isLabel(text, 0, text.length());
  }

  private static boolean isLabel(String text, int from, int to) {
    if (from == to || text.charAt(from) == '-' || text.charAt(to - 1) == '-') {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isLowerOrDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isSubdomain(String text) {
    if (text.length() > 253) {
      return false;
    }
    int from = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
      if (!isLabel(text, from, dot)) {
        return false;
      }
      from = dot + 1;
    }
    return isLabel(text, from, text.length());
  }

  private static boolean isLabelValue(String text) {
    return text.isEmpty() || isName(text, 0);
  }

  private static boolean isQualifiedName(String text) {
    int slash = text.indexOf('/');
    return (slash < 0 || isSubdomain(text.substring(0, slash))) && isName(text, slash + 1);
  }

  private static boolean isName(String text, int from) {
    return text.length() - from <= 63 && hasNameLetters(text, from);
  }

  private static boolean hasNameLetters(String text, int from) {
    if (from == text.length()
        || !isLetterOrDigit(text.charAt(from))
        || !isLetterOrDigit(text.charAt(text.length() - 1))) {
      return false;
    }
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPortName(String text) {
    return text.length() <= 15
        && isLabel(text)
        && !text.contains("--")
        && text.chars().anyMatch(c -> c >= 'a' && c <= 'z');
  }

  private static boolean isHostName(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (!isSubdomain(name) || name.indexOf('.') < 0) {
      return false;
    }
    for (String label : name.split("\\.", -1)) {
      if (label.length() > 63) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static boolean isLetterOrDigit(char c) {
    return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
  }
}
