package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;

/**
 * The first 16 bytes of a body in a scenario: run (2 bytes), flow (1), stream (3), sequence (4), time (6, microseconds
 * of the run). Big-endian; zeros follow up to the asked size.
 */
public final class Stamp {
    /** Bytes. */
    public static final int SIZE = 16;

    /** Flows of a scenario. */
    public static final int MOST_FLOWS = 0xFF;

    /** Streams of a flow. */
    public static final int MOST_STREAMS = 0xFF_FFFF;

    private static final int FLOW = 2;
    private static final int STREAM = 3;
    private static final int SEQUENCE = 6;
    private static final int TIME = 10;

    private Stamp() {}

    /** Appends a body of {@code size} bytes. */
    public static void append(ByteBuf out, int run, int flow, int stream, int sequence, long micros, int size) {
        out.writeShort(run);
        out.writeInt((flow << 24) | stream);
        out.writeInt(sequence);
        out.writeShort((int) (micros >>> 32));
        out.writeInt((int) micros);
        out.writeZero(size - SIZE);
    }

    /** The run's number, 16 bits. */
    public static int run(ByteBuf in, int at) {
        return in.getUnsignedShort(at);
    }

    /** The flow's number, 0 upward. */
    public static int flow(ByteBuf in, int at) {
        return in.getUnsignedByte(at + FLOW);
    }

    /** The stream's number in its flow, 0 upward. */
    public static int stream(ByteBuf in, int at) {
        return in.getUnsignedMedium(at + STREAM);
    }

    /** The number of the message in its stream, 0 upward. */
    public static int sequence(ByteBuf in, int at) {
        return in.getInt(at + SEQUENCE);
    }

    /** When it was due, microseconds of the run. */
    public static long micros(ByteBuf in, int at) {
        return ((long) in.getUnsignedShort(at + TIME) << 32) | in.getUnsignedInt(at + TIME + 2);
    }
}
