package dev.skein.protocol.message;

import java.util.HexFormat;

/**
 * The globally unique, time-ordered identity of one message: 128 bits, shown as 32 upper-case hexadecimal digits.
 *
 * <p>Identifiers of one writer grow in the order in which it issued them, over restarts too. Between writers the order
 * is that of their clocks.
 *
 * @param sequence milliseconds since the Unix epoch in the upper 48 bits, a counter within the millisecond in the lower
 *     16
 * @param writer who issued it: an event loop in one incarnation of a node when negative, otherwise the store of a node
 */
public record MessageId(long sequence, long writer) implements Comparable<MessageId> {
    /** Length of {@link #toString()}, in characters. */
    public static final int TEXT_LENGTH = 32;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Reads the text that {@link #toString()} writes; lower-case digits are accepted too. */
    public static MessageId parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            throw new IllegalArgumentException("messageId: " + text + " (expected: 32 hexadecimal digits)");
        }
        return new MessageId(
                HexFormat.fromHexDigitsToLong(text, 0, Long.BYTES * 2),
                HexFormat.fromHexDigitsToLong(text, Long.BYTES * 2, TEXT_LENGTH));
    }

    /** When it was issued, in milliseconds since the Unix epoch. */
    public long millis() {
        return sequence >>> 16;
    }

    @Override
    public int compareTo(MessageId other) {
        int bySequence = Long.compare(sequence, other.sequence);
        return bySequence != 0 ? bySequence : Long.compareUnsigned(writer, other.writer);
    }

    @Override
    public String toString() {
        return HEX.toHexDigits(sequence) + HEX.toHexDigits(writer);
    }
}
