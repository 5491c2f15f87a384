package dev.skein.persistence.trace;

import dev.skein.protocol.message.MessageId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Records on their way to a file, in the form in which they stand there. Confined to one thread at a time; nothing is
 * allocated for a record whose texts are ASCII.
 *
 * <p>A record is written by {@link #begin}, then those of {@link #message}, {@link #received}, {@link #channel},
 * {@link #where}, {@link #detail} and {@link #count} that it has, in this order, then {@link #end}.
 */
public final class TraceBatch {
    /**
     * In front of the records: magic (4), bytes of the records (4), checksum of all that follows it (4), records (4),
     * time that those of the records are told from (8), first time (8), last time (8), incarnation of the node (8).
     */
    static final int HEADER = 48;

    static final int MAGIC = 0x534B5452;
    /** Bytes of header and records at the most. */
    static final int CAPACITY_MAX = 1 << 20;

    static final int QOS = 3;
    static final int HAS_MESSAGE = 4;
    static final int HAS_RECEIVED = 8;
    static final int HAS_CHANNEL = 16;
    static final int HAS_WHERE = 32;
    static final int HAS_DETAIL = 64;
    static final int HAS_COUNT = 128;

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final int CHECKED_FROM = 12;
    /** Beside its texts, of a record. */
    private static final int FIXED = 96;
    /** Of a record: instance, client ID, topic or address, detail. */
    private static final int LARGEST = FIXED + 4 * (Short.BYTES + TraceText.MAX);

    private static final int ASCII_END = 0x80;

    private final byte[] bytes;
    private int end = HEADER;
    private int at;
    private int flags;
    private boolean full;
    private int records;
    private long base;
    private long first;
    private long last;
    private long millis;

    /**
     * An empty one.
     *
     * @param capacity bytes, 4096..1048576
     */
    public TraceBatch(int capacity) {
        if (capacity < 1 << 12 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 4096.." + CAPACITY_MAX + ")");
        }
        this.bytes = new byte[capacity];
    }

    /** Forgets all records. */
    public void clear() {
        end = HEADER;
        records = 0;
    }

    /** How many records. */
    public int records() {
        return records;
    }

    /** Whether any record has room, however long its texts are. */
    public boolean hasRoom() {
        return bytes.length - end >= LARGEST;
    }

    /** Begins a record. */
    public TraceBatch begin(TraceStep step, long now, String instance, String clientId) {
        full = bytes.length - end < FIXED;
        if (full) {
            return this;
        }
        millis = now;
        base = records == 0 ? now : base;
        at = end + Short.BYTES;
        bytes[at] = (byte) step.code();
        flags = 0;
        at += 2;
        varint(zigzag(now - base));
        text(instance);
        text(clientId);
        return this;
    }

    /** The message, and the QoS of the step. */
    public TraceBatch message(MessageId id, int qos) {
        qos(qos);
        return id(id, HAS_MESSAGE);
    }

    /** The QoS of what has no identity. */
    public TraceBatch qos(int qos) {
        flags |= qos & QOS;
        return this;
    }

    /** Under which identity it was received. */
    public TraceBatch received(MessageId id) {
        return id(id, HAS_RECEIVED);
    }

    private TraceBatch id(MessageId id, int flag) {
        if (hasRoom(2 * Long.BYTES)) {
            flags |= flag;
            LONG.set(bytes, at, id.sequence());
            LONG.set(bytes, at + Long.BYTES, id.writer());
            at += 2 * Long.BYTES;
        }
        return this;
    }

    /** The connection. */
    public TraceBatch channel(long connectionId) {
        if (hasRoom(Long.BYTES)) {
            flags |= HAS_CHANNEL;
            LONG.set(bytes, at, connectionId);
            at += Long.BYTES;
        }
        return this;
    }

    /** The topic, or the address of the client. */
    public TraceBatch where(String text) {
        flags |= HAS_WHERE;
        text(text);
        return this;
    }

    /** Why, from where, to where; nothing when it is empty. */
    public TraceBatch detail(String text) {
        if (!text.isEmpty()) {
            flags |= HAS_DETAIL;
            text(text);
        }
        return this;
    }

    /** How many receivers, when it is not one. */
    public TraceBatch count(int count) {
        if (count != 1 && hasRoom(2 * Long.BYTES)) {
            flags |= HAS_COUNT;
            varint(count);
        }
        return this;
    }

    /** The record is whole; false when it has no room: then it is not here. */
    public boolean end() {
        if (full) {
            return false;
        }
        SHORT.set(bytes, end, (short) (at - end - Short.BYTES));
        bytes[end + Short.BYTES + 1] = (byte) flags;
        first = records == 0 ? millis : Math.min(first, millis);
        last = records == 0 ? millis : Math.max(last, millis);
        records++;
        end = at;
        return true;
    }

    private boolean hasRoom(int more) {
        full |= bytes.length - at < more;
        return !full;
    }

    private void text(String text) {
        int length = text.length();
        if (length > TraceText.MAX || !hasRoom(Short.BYTES + length)) {
            encoded(text);
            return;
        }
        int to = at + Short.BYTES;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ASCII_END) {
                encoded(text);
                return;
            }
            bytes[to + i] = (byte) c;
        }
        SHORT.set(bytes, at, (short) length);
        at = to + length;
    }

    private void encoded(String text) {
        if (full) {
            return;
        }
        byte[] utf8 = TraceText.utf8(text);
        if (hasRoom(Short.BYTES + utf8.length)) {
            SHORT.set(bytes, at, (short) utf8.length);
            System.arraycopy(utf8, 0, bytes, at + Short.BYTES, utf8.length);
            at += Short.BYTES + utf8.length;
        }
    }

    /** Small numbers are short, those below 0 too. */
    private static long zigzag(long value) {
        return (value << 1) ^ (value >> (Long.SIZE - 1));
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[at++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    /** Writes the header; {@link #bytes} up to {@link #length} are what goes to the file then. */
    void seal(long node) {
        INT.set(bytes, 0, MAGIC);
        INT.set(bytes, 4, end - HEADER);
        INT.set(bytes, 12, records);
        LONG.set(bytes, 16, base);
        LONG.set(bytes, 24, first);
        LONG.set(bytes, 32, last);
        LONG.set(bytes, 40, node);
        INT.set(bytes, 8, checksum(bytes, end));
    }

    /** Of a batch that is {@code length} bytes long with its header. */
    static int checksum(byte[] batch, int length) {
        CRC32C crc = new CRC32C();
        crc.update(batch, CHECKED_FROM, length - CHECKED_FROM);
        return (int) crc.getValue();
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return end;
    }
}
