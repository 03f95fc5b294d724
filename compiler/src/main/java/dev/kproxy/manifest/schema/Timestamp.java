package dev.kproxy.manifest.schema;

/// The times of objects, as RFC 3339 writes them: `2026-01-31T12:00:00Z`.
final class Timestamp {
  private static final String SHAPE = "dddd-dd-ddTdd:dd:dd";

  private Timestamp() {}

  static boolean fits(String text) {
    if (text.length() <= SHAPE.length() || !hasShape(text, 0, SHAPE)) {
      return false;
    }
    int zone = SHAPE.length();
    if (text.charAt(zone) == '.') {
      zone++;
      int digits = zone;
      while (zone < text.length() && isDigit(text.charAt(zone))) {
        zone++;
      }
      if (zone == digits) {
        return false;
      }
    }
    return isDate(text) && isZone(text.substring(zone));
  }

  private static boolean hasShape(String text, int from, String shape) {
    for (int i = 0; i < shape.length(); i++) {
      char c = text.charAt(from + i);
      if (shape.charAt(i) == 'd' ? !isDigit(c) : c != shape.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDate(String text) {
    int year = number(text, 0, 4);
    int month = number(text, 5, 7);
    int day = number(text, 8, 10);
    return month >= 1
        && month <= 12
        && day >= 1
        && day <= days(year, month)
        && number(text, 11, 13) < 24
        && number(text, 14, 16) < 60
        && number(text, 17, 19) < 60;
  }

  private static int days(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static boolean isZone(String zone) {
    if (zone.equals("Z")) {
      return true;
    }
    return zone.length() == 6
        && (hasShape(zone, 0, "+dd:dd") || hasShape(zone, 0, "-dd:dd"))
        && number(zone, 1, 3) <= 24
        && number(zone, 4, 6) < 60;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
