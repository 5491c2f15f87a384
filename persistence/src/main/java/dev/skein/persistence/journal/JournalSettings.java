package dev.skein.persistence.journal;

import java.time.Duration;

/**
 * How a journal works.
 *
 * @param disk whether an acknowledgement waits until the disk has it
 * @param groupCommands commands in one group at the most
 * @param segmentBytes size at which a segment is full
 * @param maxBytes size of all segments at which the writer waits for the tables
 * @param maxIndexBytes size of the index in memory at which the writer waits for the tables
 * @param idle age at which a segment with queued messages goes to the tables though it is not full
 */
public record JournalSettings(
        boolean disk, int groupCommands, long segmentBytes, long maxBytes, long maxIndexBytes, Duration idle) {
    private static final long SEGMENT_BYTES = 32L << 20;
    private static final long MAX_BYTES = 512L << 20;
    private static final long INDEX_LEAST = 4L << 20;
    private static final long INDEX_MOST = 128L << 20;
    private static final int PARTS_OF_HEAP = 16;
    private static final Duration IDLE = Duration.ofSeconds(5);

    /** What the broker works with; the index takes a sixteenth of the heap at the most. */
    public static JournalSettings of(boolean disk, int groupCommands) {
        long index = Math.clamp(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP, INDEX_LEAST, INDEX_MOST);
        return new JournalSettings(disk, groupCommands, SEGMENT_BYTES, MAX_BYTES, index, IDLE);
    }
}
