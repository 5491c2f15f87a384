package dev.skein.loadtest.play;

/** Choices that a seed makes the same in every run and every process. */
final class Hash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int FRACTION_SHIFT = 11;
    private static final double FRACTION = 0x1.0p-53;

    private Hash() {}

    /** Mixes a seed with numbers that say what is chosen. */
    static long of(long seed, int a, int b, int c) {
        return mix(mix(mix(mix(seed + GOLDEN) + a) + b) + c);
    }

    /** The next in a row that begins with any number. */
    static long next(long state) {
        return state + GOLDEN;
    }

    /** Spreads the bits of a number (the finisher of SplitMix64). */
    static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 0 to below {@code bound}. */
    static int below(long hash, int bound) {
        return (int) Long.remainderUnsigned(hash, bound);
    }

    /** 0 to below 1. */
    static double fraction(long hash) {
        return (hash >>> FRACTION_SHIFT) * FRACTION;
    }
}
