package dev.skein.node.reliability;

/** How much a test repeats: little in each build, more with {@code mvn verify -Psoak}. */
public final class Effort {
    /** True with {@code -Psoak}. */
    public static final boolean SOAK = Boolean.getBoolean("skein.soak");

    private Effort() {}

    /** {@code much} with {@code -Psoak}, {@code little} without. */
    public static int of(int little, int much) {
        return SOAK ? much : little;
    }
}
