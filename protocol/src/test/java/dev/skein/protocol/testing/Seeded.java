package dev.skein.protocol.testing;

import java.util.SplittableRandom;

/** Runs a test on generated input. A failure names the seed that replays it: {@code -Dskein.test.seed=...}. */
public final class Seeded {
    private static final String PROPERTY = "skein.test.seed";

    private Seeded() {}

    /** What is tested; it takes all its choices from {@code random}. */
    @FunctionalInterface
    public interface Body {
        /** Runs once. */
        void run(SplittableRandom random) throws Exception;
    }

    /** Runs {@code body} with the given seed, or a new one each time. */
    public static void run(Body body) throws Exception {
        long seed = Long.getLong(PROPERTY, System.nanoTime());
        try {
            body.run(new SplittableRandom(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("replay with -D" + PROPERTY + "=" + seed + ": " + e.getMessage(), e);
        }
    }
}
