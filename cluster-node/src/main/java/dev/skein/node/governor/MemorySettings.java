package dev.skein.node.governor;

import com.typesafe.config.Config;

/**
 * The marks of the memory governor, read from {@code skein.memory}.
 *
 * @param high percent of the heap or of the direct memory above which the node takes on nothing new, 10..100
 * @param low percent below which it does again, 1..99; less than {@code high}
 */
public record MemorySettings(int high, int low) {
    private static final int HIGH_MIN = 10;
    private static final int ALL = 100;

    /**
     * Reads and checks the settings.
     *
     * @param memory the section {@code skein.memory}
     * @throws IllegalArgumentException for a value out of range; names the full key
     */
    public static MemorySettings from(Config memory) {
        int high = percent(memory, "high", HIGH_MIN, ALL);
        return new MemorySettings(high, percent(memory, "low", 1, high - 1));
    }

    private static int percent(Config memory, String key, int min, int max) {
        int value = memory.getInt(key);
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "skein.memory.%s: %d (expected: %d..%d, low below high)".formatted(key, value, min, max));
        }
        return value;
    }

    boolean isAboveHigh(long used, long max) {
        return percent(used, max) > high;
    }

    boolean isBelowLow(long used, long max) {
        return percent(used, max) < low;
    }

    static double percent(long used, long max) {
        return max <= 0 ? 0 : (double) ALL * used / max;
    }
}
