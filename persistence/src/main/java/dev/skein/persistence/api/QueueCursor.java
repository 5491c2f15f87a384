package dev.skein.persistence.api;

import dev.skein.protocol.message.MessageId;
import java.util.Arrays;

/**
 * How far a reader has come in one queue: for each writer, the last sequence read. Writers on different nodes commit
 * independently, so one position would skip what a slower writer commits later. Mutable; confined to its owner.
 */
public final class QueueCursor {
    private long[] writers = new long[0];
    private long[] sequences = new long[0];

    /** Starts before the first message of every writer. */
    public QueueCursor() {}

    /** A copy that the owner may hand to another thread. */
    public QueueCursor copy() {
        QueueCursor copy = new QueueCursor();
        copy.writers = writers.clone();
        copy.sequences = sequences.clone();
        return copy;
    }

    /** Whether {@code id} was read already. */
    public boolean covers(MessageId id) {
        for (int i = 0; i < writers.length; i++) {
            if (writers[i] == id.writer()) {
                return id.sequence() <= sequences[i];
            }
        }
        return false;
    }

    /** Moves on to {@code id}; afterwards {@link #covers} it. Never moves back. */
    public void advance(MessageId id) {
        for (int i = 0; i < writers.length; i++) {
            if (writers[i] == id.writer()) {
                sequences[i] = Math.max(sequences[i], id.sequence());
                return;
            }
        }
        int end = writers.length;
        writers = Arrays.copyOf(writers, end + 1);
        sequences = Arrays.copyOf(sequences, end + 1);
        writers[end] = id.writer();
        sequences[end] = id.sequence();
    }

    /** Number of writers with a position. */
    public int size() {
        return writers.length;
    }

    /** Writer at {@code index}, 0..size-1. */
    public long writer(int index) {
        return writers[index];
    }

    /** Position of the writer at {@code index}, 0..size-1. */
    public long sequence(int index) {
        return sequences[index];
    }
}
