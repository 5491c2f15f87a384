package dev.skein.persistence.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Texts of records: longer ones are cut, so that a client cannot fill the files. */
final class TraceText {
    /** Bytes of UTF-8 at the most. */
    static final int MAX = 1024;

    private static final int BYTES_A_CHAR = 3;

    private TraceText() {}

    /** The UTF-8 that stands for {@code text}: of all of it, or of its beginning. */
    static byte[] utf8(String text) {
        if (text.length() <= MAX) {
            byte[] whole = text.getBytes(UTF_8);
            if (whole.length <= MAX) {
                return whole;
            }
        }
        int end = Math.min(text.length(), MAX / BYTES_A_CHAR);
        boolean splits = Character.isHighSurrogate(text.charAt(end - 1));
        return text.substring(0, splits ? end - 1 : end).getBytes(UTF_8);
    }
}
