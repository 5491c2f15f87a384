package dev.skein.persistence.trace;

import dev.skein.protocol.message.MessageId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Keys of the index: {@value #BITS} bits of a hash. Two clients of one key are told apart by what the records say. Part
 * of the format: must not change.
 */
final class TraceHash {
    /** Of a key, in the upper bits of a positive entry. */
    static final int BITS = 37;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long CLIENT = 0x9E3779B97F4A7C15L;
    private static final long MESSAGE = 0xC2B2AE3D27D4EB4FL;
    private static final long FACTOR = 0xFF51AFD7ED558CCDL;
    private static final long LAST_FACTOR = 0xC4CEB9FE1A85EC53L;
    private static final int HALF = 33;

    private TraceHash() {}

    /** Of a client: its instance and its client ID, in the same array. */
    static long client(byte[] bytes, int instanceAt, int instanceLength, int clientAt, int clientLength) {
        long hash = of(CLIENT, bytes, instanceAt, instanceLength);
        return key(of(hash, bytes, clientAt, clientLength));
    }

    static long message(MessageId id) {
        return message(id.sequence(), id.writer());
    }

    static long message(long sequence, long writer) {
        return key(mix(mix(MESSAGE ^ sequence) ^ writer));
    }

    private static long of(long seed, byte[] bytes, int at, int length) {
        long hash = seed ^ length;
        int i = at;
        for (int end = at + length - Long.BYTES; i <= end; i += Long.BYTES) {
            hash = mix(hash ^ (long) WORD.get(bytes, i));
        }
        long rest = 0;
        for (int end = at + length; i < end; i++) {
            rest = (rest << Byte.SIZE) | (bytes[i] & 0xFF);
        }
        return mix(hash ^ rest);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> HALF)) * FACTOR;
        mixed = (mixed ^ (mixed >>> HALF)) * LAST_FACTOR;
        return mixed ^ (mixed >>> HALF);
    }

    private static long key(long hash) {
        return hash >>> (Long.SIZE - BITS);
    }
}
