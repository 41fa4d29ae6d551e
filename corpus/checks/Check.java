import java.security.MessageDigest;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.math.BigInteger;

/** The source of Check.class, which java.sh carries: `javac --release 11 Check.java`. */
public class Check {
    public static void main(String[] args) throws Exception {
        int hot = 1;
        for (int i = 0; i < 3_000_000; i++) hot = hot * 1664525 + 1013904223;
        var pool = Executors.newFixedThreadPool(2);
        Future<Long> primes = pool.submit(
            () -> IntStream.range(2, 2000).filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n)).allMatch(d -> n % d != 0)).count());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("foredeck".getBytes("UTF-8"));
        String digest = new BigInteger(1, hash).toString(16).substring(0, 16);
        String caught;
        int[] none = new int[0];
        try { caught = String.valueOf(none[3]); } catch (ArrayIndexOutOfBoundsException e) { caught = "caught"; }
        System.out.println(Integer.toUnsignedString(hot) + " " + primes.get() + " " + digest + " " + caught);
        pool.shutdown();
    }
}
