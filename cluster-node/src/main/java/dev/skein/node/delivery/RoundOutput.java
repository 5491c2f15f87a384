package dev.skein.node.delivery;

import dev.skein.node.edge.ConnectionMemory;
import java.util.ArrayList;

/** Which attachments of an event loop have output that leaves at the end of the round. Confined to the loop. */
final class RoundOutput {
    /** What a round may collect at the least, and as a part of what all connections may hold. */
    private static final long LEAST = 4 * 1024 * 1024;

    private static final int PART = 8;

    private final ConnectionMemory.Share memory;
    private final long much;
    private ArrayList<Attachment> dirty = new ArrayList<>();
    private ArrayList<Attachment> flushing = new ArrayList<>();
    private long collected;
    private boolean flushingNow;

    /** @param max what the connections of this loop may hold, in bytes */
    RoundOutput(ConnectionMemory.Share memory, long max) {
        this.memory = memory;
        this.much = Math.max(LEAST, max / PART);
    }

    void mark(Attachment attachment) {
        dirty.add(attachment);
    }

    /** One more message of {@code bytes} was collected. */
    void collected(int bytes) {
        collected += bytes;
    }

    /**
     * A large message to many would fill the memory before the end of the round. May close attachments, also the one
     * whose packet is being handled.
     */
    void flushIfMuch() {
        if (collected > much && !flushingNow) {
            flush();
            memory.makeRoom();
        }
    }

    void flush() {
        flushingNow = true;
        collected = 0;
        ArrayList<Attachment> now = dirty;
        dirty = flushing;
        flushing = now;
        for (Attachment attachment : now) {
            attachment.flush();
        }
        now.clear();
        flushingNow = false;
    }
}
