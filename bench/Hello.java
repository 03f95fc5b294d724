/// The least that a Java program can take.
final class Hello {
  public static void main(String[] args) {
    System.out.println("hello");
  }
}
