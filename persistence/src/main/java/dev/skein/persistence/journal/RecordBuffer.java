package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Records that are put together before they are written. Confined to the writing thread. */
final class RecordBuffer {
    private static final int SIZE = 256 * 1024;
    /** A larger one is given up after use. */
    private static final int KEPT = 8 << 20;

    private ByteBuffer out = ByteBuffer.allocate(SIZE);
    private int salt;

    /** Forgets what it holds; {@code salt} is that of the segment that the next records are for. */
    void clear(int salt) {
        this.salt = salt;
        if (out.capacity() > KEPT) {
            out = ByteBuffer.allocate(SIZE);
        }
        out.clear();
    }

    /** Bytes that it holds. */
    int size() {
        return out.position();
    }

    /** What it holds; valid until the next change. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(out.array(), 0, out.position());
    }

    /** Begins a record; returns its start, for {@link #end}. */
    int begin(long number, byte type) {
        int start = out.position();
        ensure(RecordCodec.HEADER);
        out.putInt(0).putInt(0).putLong(number).put(type);
        return start;
    }

    /** Ends the record that began at {@code start}. */
    void end(int start) {
        int length = out.position() - start;
        out.putInt(start, length - RecordCodec.HEADER);
        out.putInt(start + Integer.BYTES, RecordCodec.checksum(out.array(), start, length, salt));
    }

    void putByte(int value) {
        ensure(1);
        out.put((byte) value);
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        out.putInt(value);
    }

    void putLong(long value) {
        ensure(Long.BYTES);
        out.putLong(value);
    }

    /** With its length in front. */
    void putBytes(byte[] bytes) {
        ensure(Integer.BYTES + bytes.length);
        out.putInt(bytes.length).put(bytes);
    }

    void putText(String text) {
        putBytes(text.getBytes(UTF_8));
    }

    private void ensure(int more) {
        if (out.remaining() < more) {
            long least = (long) out.position() + more;
            if (least > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("group: " + least + " bytes (expected: fewer than 2 GiB)");
            }
            int capacity = (int) Math.clamp(2L * out.capacity(), least, Integer.MAX_VALUE - 8);
            out = ByteBuffer.allocate(capacity).put(out.flip());
        }
    }
}
