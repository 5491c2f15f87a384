package dev.skein.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from one end to the other. What cannot be read is passed over when it was stored once; when it is the
 * torn end of what was being written, the segment ends there. Confined to one thread.
 */
final class SegmentScan {
    private static final int WINDOW = 1 << 20;
    /** A record whose number is further on than this is none. */
    private static final long LEAP = 1L << 32;

    private final Segment segment;
    private final long limit;
    private final Damages damages;
    private ByteBuffer window = ByteBuffer.allocate(WINDOW).flip();
    /** Of the position of the window. */
    private long offset;

    private long expected;

    /** Hears of what cannot be read. */
    interface Damages {
        /** The bytes from {@code from} to {@code to}, the latter excluded. */
        void found(Segment segment, long from, long to);
    }

    /** A record and its place. */
    record Item(RecordCodec.Framed record, long offset, int length) {}

    /**
     * Begins with the first record.
     *
     * @param limit the first record of the next segment: from there on this one does not count. The greatest long when
     *     it is the segment that was written to when the process ended.
     */
    SegmentScan(Segment segment, long limit, Damages damages) {
        this.segment = segment;
        this.limit = limit;
        this.damages = damages;
        this.offset = Segment.HEADER;
        this.expected = segment.first();
    }

    /** Number that the next record has when none is missing. */
    long expected() {
        return expected;
    }

    /** Where the next record begins. */
    long offset() {
        return offset;
    }

    /** The next record; null at the end, {@link #offset} is behind the last whole record then. */
    @Nullable
    Item next() throws IOException {
        Item item = here();
        if (item == null && offset < segment.end() && expected < limit) {
            long bad = offset;
            long found = search(bad + 1, false);
            if (found < 0 || (limit == Long.MAX_VALUE && !wasStored(bad))) {
                move(bad);
                return null;
            }
            damages.found(segment, bad, found);
            move(found);
            item = here();
        }
        if (item != null) {
            move(offset + item.length());
            expected = item.record().number() + 1;
        }
        return item;
    }

    private void move(long to) throws IOException {
        long step = to - offset;
        if (step >= 0 && step <= window.remaining()) {
            window.position(window.position() + (int) step);
        } else {
            window.clear().flip();
        }
        offset = to;
    }

    /** The record at the offset, or null when there is none. */
    private @Nullable Item here() throws IOException {
        if (!fill(RecordCodec.HEADER)) {
            return null;
        }
        int length = RecordCodec.length(window);
        long number = window.getLong(window.position() + 2 * Integer.BYTES);
        if (length < 0 || number < expected || number >= limit || number - expected > LEAP || !fill(length)) {
            return null;
        }
        RecordCodec.Framed record = RecordCodec.take(window.duplicate(), length, segment.salt());
        return record == null ? null : new Item(record, offset, length);
    }

    /** Has so many bytes in the window; false when the segment ends before. */
    private boolean fill(int bytes) throws IOException {
        if (window.remaining() >= bytes) {
            return true;
        }
        if (segment.end() - offset < bytes) {
            return false;
        }
        // What was read stays as it is: records are slices of it.
        int size = Math.max(WINDOW, bytes);
        ByteBuffer more = ByteBuffer.allocate((int) Math.min(size, segment.end() - offset));
        more.put(window);
        segment.read(more, offset + more.position());
        window = more.flip();
        return window.remaining() >= bytes;
    }

    /** The offset of the next record from {@code from} on, of groups alone on demand; -1: none. */
    private long search(long from, boolean groups) throws IOException {
        move(from);
        while (segment.end() - offset >= RecordCodec.HEADER) {
            Item item = here();
            if (item != null && (!groups || item.record().type() == RecordCodec.GROUP)) {
                return offset;
            }
            move(offset + (item == null ? 1 : item.length()));
        }
        return -1;
    }

    /** Whether a later group says that everything at {@code bad} was stored before it was begun. */
    private boolean wasStored(long bad) throws IOException {
        for (long at = search(bad + 1, true); at >= 0; at = search(offset + 1, true)) {
            Item group = here();
            if (group != null
                    && RecordCodec.change(group.record()) instanceof Change.Group(long stored)
                    && stored > bad) {
                return true;
            }
        }
        return false;
    }
}
