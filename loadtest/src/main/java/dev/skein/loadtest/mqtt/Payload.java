package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The layout of a message body: magic (4 bytes), run (4), publisher (4), reserved (4), sequence (8), send time in
 * {@link System#nanoTime()} nanoseconds (8), then zeros up to the asked size. Big-endian.
 */
public final class Payload {
    /** The smallest body, bytes. */
    public static final int MIN_SIZE = 32;

    /** The largest body, bytes: what a PUBLISH with a topic of 64 KiB can carry. */
    public static final int MAX_SIZE = 268_435_455 - 65_537 - 2;

    static final int PUBLISHER = 8;
    static final int SEQUENCE = 16;
    static final int TIME = 24;

    private static final long MAGIC = 0x534B4C54L; // "SKLT"

    private Payload() {}

    /** The first eight bytes of every body of this run. */
    public static long signature(int run) {
        return (MAGIC << 32) | (run & 0xFFFF_FFFFL);
    }

    /** A body without sequence and time. */
    public static byte[] body(int run, int publisher, int size) {
        return ByteBuffer.allocate(size)
                .putLong(0, signature(run))
                .putInt(PUBLISHER, publisher)
                .array();
    }

    /** The signature of the body at {@code at}. */
    public static long signature(ByteBuf in, int at) {
        return in.getLong(at);
    }

    /** The publisher's number, 0 upward. */
    public static int publisher(ByteBuf in, int at) {
        return in.getInt(at + PUBLISHER);
    }

    /** The publisher's sequence number, 0 upward without gaps. */
    public static long sequence(ByteBuf in, int at) {
        return in.getLong(at + SEQUENCE);
    }

    /** When the message was sent or, in an open loop, when it should have been. */
    public static long time(ByteBuf in, int at) {
        return in.getLong(at + TIME);
    }
}
