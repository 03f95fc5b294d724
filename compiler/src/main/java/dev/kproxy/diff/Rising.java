package dev.kproxy.diff;

/// Finds what is in order in a sequence.
final class Rising {
  private Rising() {}

  /// The places of a longest subsequence that rises, in n log n.
  ///
  /// @param numbers each once
  static int[] of(int[] numbers) {
    int[] ends = new int[numbers.length]; // of the best subsequence of each length, its last place
    int[] previous = new int[numbers.length];
    int length = 0;
    for (int i = 0; i < numbers.length; i++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (numbers[ends[middle]] < numbers[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      previous[i] = low > 0 ? ends[low - 1] : -1;
      ends[low] = i;
      length = Math.max(length, low + 1);
    }
    int[] places = new int[length];
    int at = length > 0 ? ends[length - 1] : -1;
    for (int i = length - 1; i >= 0; i--) {
      places[i] = at;
      at = previous[at];
    }
    return places;
  }
}
