package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;

/** Looks whether the first bytes of a TLS connection are a ClientHello that has come as a whole (RFC 8446, 4.1.2). */
enum ClientHello {
    /** More has to come. */
    PARTIAL,
    WHOLE,
    /** It says that it is longer than {@link #MAX}. */
    TOO_LONG,
    /** It is none: TLS says what is wrong with it. */
    OTHER;

    /** Bytes of a ClientHello at the most; those with keys that withstand quantum computers have some two thousand. */
    static final int MAX = 16 * 1024;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int TLS_MAJOR = 3;
    private static final int RECORD_HEADER = 5;
    private static final int LENGTH_AT = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int MESSAGE_HEADER = 4;

    /** What {@code bytes} begin with: one message, in one record or several. */
    static ClientHello of(ByteBuf bytes) {
        int message = 0; // bytes of the message so far
        int length = 0; // that it says it has, as far as that is known
        int at = bytes.readerIndex();
        while (true) {
            int there = bytes.writerIndex() - at;
            if ((there > 0 && bytes.getUnsignedByte(at) != HANDSHAKE_RECORD)
                    || (there > 1 && bytes.getByte(at + 1) != TLS_MAJOR)) {
                return OTHER;
            }
            if (there < RECORD_HEADER) {
                return PARTIAL;
            }
            int record = bytes.getUnsignedShort(at + LENGTH_AT);
            if (record == 0) {
                return OTHER; // forbidden for a handshake, and endless otherwise
            }
            int end = Math.min(at + RECORD_HEADER + record, bytes.writerIndex());
            int next = at + RECORD_HEADER;
            for (; next < end && message < MESSAGE_HEADER; next++, message++) {
                int value = bytes.getUnsignedByte(next);
                if (message == 0 && value != CLIENT_HELLO) {
                    return OTHER;
                }
                length = message == 0 ? 0 : (length << Byte.SIZE) | value;
            }
            message += end - next;
            if (message >= MESSAGE_HEADER) {
                if (length > MAX) {
                    return TOO_LONG;
                }
                if (message >= MESSAGE_HEADER + length) {
                    return WHOLE;
                }
            }
            if (there < RECORD_HEADER + record) {
                return PARTIAL;
            }
            at += RECORD_HEADER + record;
        }
    }
}
