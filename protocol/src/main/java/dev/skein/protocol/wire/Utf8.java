package dev.skein.protocol.wire;

import io.netty.buffer.ByteBuf;

/** Strict UTF-8 on raw bytes: what {@code new String(bytes, UTF_8)} would repair in silence is refused here. */
public final class Utf8 {
    /** Every byte belongs to a well-formed character and none is U+0000. */
    public static final int VALID = -1;

    private Utf8() {}

    /**
     * Looks for the first byte at which {@code length} bytes stop being well-formed UTF-8: overlong forms, surrogates
     * (U+D800..U+DFFF), code points above U+10FFFF, stray and missing continuation bytes. U+0000 counts as well-formed.
     *
     * @return offset from {@code at}, or {@link #VALID}
     */
    public static int firstIllFormed(ByteBuf in, int at, int length) {
        int end = at + length;
        int i = at;
        while (i < end) {
            byte first = in.getByte(i);
            int size = first >= 0 ? 1 : sequenceSize(in, i, end);
            if (size == 0) {
                return i - at;
            }
            i += size;
        }
        return VALID;
    }

    /** Size in bytes of the multi-byte sequence at {@code i}, or 0 when it is ill-formed. */
    private static int sequenceSize(ByteBuf in, int i, int end) {
        int first = in.getUnsignedByte(i);
        int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || i + size > end) {
            return 0;
        }
        int second = in.getUnsignedByte(i + 1);
        // Unicode table 3-7: the second byte rules out overlong forms, surrogates and what lies above U+10FFFF.
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int k = 2; k < size; k++) {
            if ((in.getByte(i + k) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
