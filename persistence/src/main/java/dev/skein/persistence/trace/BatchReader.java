package dev.skein.persistence.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.message.MessageId;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the records of one batch; {@link #next} goes on to the next, and what is asked for then is of that one.
 * Confined to one thread.
 */
final class BatchReader {
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] bytes;
    private final ByteBuffer view;
    private final int end;
    private int recordAt;
    private int recordEnd = TraceBatch.HEADER;
    private int index = -1;
    private int instanceAt;
    private int clientAt;
    private int restAt;
    private long millis;

    /** What a header says. */
    record Header(int length, int checksum, long first, long last) {
        /** Reads one from the position of {@code at}; null when there is none. */
        static @Nullable Header read(ByteBuffer at) {
            int from = at.position();
            if (at.remaining() < TraceBatch.HEADER || at.getInt(from) != TraceBatch.MAGIC) {
                return null;
            }
            int body = at.getInt(from + 4);
            if (body < 0 || body > TraceBatch.CAPACITY_MAX - TraceBatch.HEADER) {
                return null;
            }
            return new Header(
                    TraceBatch.HEADER + body, at.getInt(from + 8), at.getLong(from + 24), at.getLong(from + 32));
        }
    }

    /** Over a batch that is {@code length} bytes long with its header. */
    BatchReader(byte[] bytes, int length) {
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes, 0, length);
        this.end = length;
    }

    /** Whether a batch is as it was written. */
    static boolean isWhole(byte[] bytes, Header header) {
        return TraceBatch.checksum(bytes, header.length()) == header.checksum();
    }

    /** Goes on; false behind the last record. */
    boolean next() {
        recordAt = recordEnd;
        if (recordAt >= end) {
            return false;
        }
        recordEnd = recordAt + Short.BYTES + length(recordAt);
        index++;
        view.position(recordAt + Short.BYTES + 2);
        long told = varint();
        millis = view.getLong(16) + ((told >>> 1) ^ -(told & 1));
        instanceAt = view.position();
        clientAt = instanceAt + Short.BYTES + length(instanceAt);
        restAt = clientAt + Short.BYTES + length(clientAt);
        return true;
    }

    /** Number of the record in the batch, from 0. */
    int index() {
        return index;
    }

    long millis() {
        return millis;
    }

    TraceStep step() {
        return TraceStep.of(bytes[recordAt + Short.BYTES] & 0xFF);
    }

    private int flags() {
        return bytes[recordAt + Short.BYTES + 1] & 0xFF;
    }

    /** Key of its client; -1 when it has none. */
    long clientKey() {
        int clientLength = length(clientAt);
        return clientLength == 0
                ? -1
                : TraceHash.client(
                        bytes, instanceAt + Short.BYTES, length(instanceAt), clientAt + Short.BYTES, clientLength);
    }

    /** Key of its message; -1 when it has none. */
    long messageKey() {
        return (flags() & TraceBatch.HAS_MESSAGE) == 0 ? -1 : key(restAt);
    }

    /** Key of the identity under which it was received; -1 when it is the same. */
    long receivedKey() {
        return (flags() & TraceBatch.HAS_RECEIVED) == 0 ? -1 : key(receivedAt());
    }

    private long key(int at) {
        return TraceHash.message(view.getLong(at), view.getLong(at + Long.BYTES));
    }

    private int receivedAt() {
        return restAt + ((flags() & TraceBatch.HAS_MESSAGE) == 0 ? 0 : 2 * Long.BYTES);
    }

    /** Whether it is of that instance. */
    boolean isOf(byte[] instance) {
        return equals(instanceAt, instance);
    }

    /** Whether it is about that client. */
    boolean isAbout(byte[] clientId) {
        return equals(clientAt, clientId);
    }

    /** Whether it is about that message. */
    boolean isAbout(MessageId id) {
        return ((flags() & TraceBatch.HAS_MESSAGE) != 0 && isAt(restAt, id))
                || ((flags() & TraceBatch.HAS_RECEIVED) != 0 && isAt(receivedAt(), id));
    }

    private boolean isAt(int at, MessageId id) {
        return view.getLong(at) == id.sequence() && view.getLong(at + Long.BYTES) == id.writer();
    }

    private boolean equals(int textAt, byte[] text) {
        int from = textAt + Short.BYTES;
        return java.util.Arrays.equals(bytes, from, from + length(textAt), text, 0, text.length);
    }

    /** All of it. */
    TraceRecord record() {
        int flags = flags();
        TraceStep step = step();
        view.position(restAt);
        MessageId message = (flags & TraceBatch.HAS_MESSAGE) == 0 ? null : id();
        MessageId received = (flags & TraceBatch.HAS_RECEIVED) == 0 ? null : id();
        String channel = (flags & TraceBatch.HAS_CHANNEL) == 0
                ? ""
                : HEX.toHexDigits(view.getLong(40)) + HEX.toHexDigits(view.getLong());
        String where = (flags & TraceBatch.HAS_WHERE) == 0 ? "" : text();
        String detail = (flags & TraceBatch.HAS_DETAIL) == 0 ? "" : text();
        int count = (flags & TraceBatch.HAS_COUNT) == 0 ? 1 : (int) varint();
        return new TraceRecord(
                millis,
                step,
                textAt(instanceAt),
                textAt(clientAt),
                message,
                received,
                step.isPresence() ? "" : where,
                flags & TraceBatch.QOS,
                channel,
                step.isPresence() ? where : "",
                detail,
                count);
    }

    private MessageId id() {
        return new MessageId(view.getLong(), view.getLong());
    }

    private String text() {
        int at = view.position();
        view.position(at + Short.BYTES + length(at));
        return textAt(at);
    }

    private String textAt(int at) {
        return new String(bytes, at + Short.BYTES, length(at), UTF_8);
    }

    private int length(int at) {
        return view.getShort(at) & 0xFFFF;
    }

    private long varint() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = view.get();
            value |= (long) (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }
}
