package dev.skein.protocol.wire;

/** The one form of a failure text: {@code name: value (expected: ...)}. */
public final class FailureText {
    private static final int SHOWN_CHARS = 128;

    private FailureText() {}

    /**
     * A failure text that may go into a log whatever the peer sent: long values are cut after 128 characters, and
     * control characters and surrogates are shown as {@code ?}.
     */
    public static String of(String name, String value, String expected) {
        StringBuilder text = new StringBuilder(name).append(": ");
        int shown = Math.min(value.length(), SHOWN_CHARS);
        for (int i = 0; i < shown; i++) {
            char c = value.charAt(i);
            text.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        if (shown < value.length()) {
            text.append("...");
        }
        return text.append(" (expected: ").append(expected).append(')').toString();
    }

    /** A failure text about a number. */
    public static String of(String name, long value, String expected) {
        return of(name, Long.toString(value), expected);
    }
}
