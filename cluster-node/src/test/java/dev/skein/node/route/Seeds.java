package dev.skein.node.route;

import java.util.SplittableRandom;

/** Runs a test on generated input; a failure names the seed that replays it: {@code -Dskein.test.seed=...}. */
public final class Seeds {
    private static final String PROPERTY = "skein.test.seed";

    private Seeds() {}

    /** What is tested; it takes all its choices from {@code random}. */
    @FunctionalInterface
    public interface Body {
        /** Runs once. */
        void run(SplittableRandom random) throws Exception;
    }

    /** Runs {@code body} with the seeds 1 to {@code times}, or with the one that the property names. */
    public static void run(int times, Body body) throws Exception {
        Long only = Long.getLong(PROPERTY);
        for (long seed = 1; seed <= times; seed++) {
            run(only == null ? seed : only, body);
        }
    }

    private static void run(long seed, Body body) throws Exception {
        try {
            body.run(new SplittableRandom(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("replay with -D" + PROPERTY + "=" + seed + ": " + e.getMessage(), e);
        }
    }
}
