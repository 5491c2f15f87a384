package dev.skein.protocol.apsara;

import org.jspecify.annotations.Nullable;

/** What a client of Token mode uses a token for, by the words of its password. */
public enum TokenType {
    /** To subscribe. */
    R(true, false),
    /** To publish. */
    W(false, true),
    /** Both. */
    RW(true, true);

    private final boolean reads;
    private final boolean writes;

    TokenType(boolean reads, boolean writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /** Null when {@code word} is none of the three, which are told with their case. */
    public static @Nullable TokenType of(String word) {
        return switch (word) {
            case "R" -> R;
            case "W" -> W;
            case "RW" -> RW;
            default -> null;
        };
    }

    /** Whether it lets its client subscribe. */
    public boolean reads() {
        return reads;
    }

    /** Whether it lets its client publish. */
    public boolean writes() {
        return writes;
    }
}
