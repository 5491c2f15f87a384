package dev.skein.persistence.journal;

import java.util.Arrays;

/**
 * The messages of one queue that are in the journal, in the order of their sequences: where the record of each is, and
 * how it is delivered. Arrays instead of objects: there may be millions. Guarded by the index.
 */
final class QueueEntries {
    /** Bytes of an entry. */
    static final int BYTES = 24;

    static final int PACKET = 0xFFFF;
    static final int QOS_SHIFT = 16;
    static final int QOS = 3 << QOS_SHIFT;
    static final int RETAIN = 1 << 18;
    /** It is on its way to the tables. */
    static final int MOVING = 1 << 19;

    private static final int SMALLEST = 4;

    private long[] sequences = new long[SMALLEST];
    private Segment[] segments = new Segment[SMALLEST];
    private int[] offsets = new int[SMALLEST];
    private int[] lengths = new int[SMALLEST];
    private int[] states = new int[SMALLEST];
    private int head;
    private int end;
    private int live;

    /** How many there are. */
    int size() {
        return live;
    }

    /** The first place; {@link #next} leads on. {@link #end} when there is none. */
    int first() {
        return head;
    }

    /** Behind the last place. */
    int end() {
        return end;
    }

    /** The first place at or behind {@code at} that is taken; {@link #end} when there is none. */
    int next(int at) {
        int place = at;
        while (place < end && segments[place] == null) {
            place++;
        }
        return place;
    }

    /** The first place whose sequence is greater; it may be free. */
    int behind(long sequence) {
        int found = Arrays.binarySearch(sequences, head, end, sequence);
        return found < 0 ? -found - 1 : found + 1;
    }

    /** The place of a sequence, or -1. */
    int find(long sequence) {
        int found = Arrays.binarySearch(sequences, head, end, sequence);
        return found < 0 || segments[found] == null ? -1 : found;
    }

    /** Adds a message, whose sequence is greater than that of any other. */
    void add(long sequence, Segment segment, int offset, int length, int state) {
        if (end == sequences.length) {
            makeRoom();
        }
        sequences[end] = sequence;
        segments[end] = segment;
        offsets[end] = offset;
        lengths[end] = length;
        states[end] = state;
        end++;
        live++;
    }

    private void makeRoom() {
        int capacity = live * 2 > sequences.length ? sequences.length * 2 : Math.max(SMALLEST, sequences.length);
        long[] newSequences = new long[capacity];
        Segment[] newSegments = new Segment[capacity];
        int[] newOffsets = new int[capacity];
        int[] newLengths = new int[capacity];
        int[] newStates = new int[capacity];
        int to = 0;
        for (int from = next(head); from < end; from = next(from + 1)) {
            newSequences[to] = sequences[from];
            newSegments[to] = segments[from];
            newOffsets[to] = offsets[from];
            newLengths[to] = lengths[from];
            newStates[to] = states[from];
            to++;
        }
        sequences = newSequences;
        segments = newSegments;
        offsets = newOffsets;
        lengths = newLengths;
        states = newStates;
        head = 0;
        end = to;
    }

    /** Frees a place. */
    @SuppressWarnings("NullAway") // a free place has no segment
    void remove(int at) {
        segments[at] = null;
        live--;
        head = next(head);
        if (live == 0) {
            head = 0;
            end = 0;
            if (sequences.length > 1024) { // it was long once
                sequences = new long[SMALLEST];
                segments = new Segment[SMALLEST];
                offsets = new int[SMALLEST];
                lengths = new int[SMALLEST];
                states = new int[SMALLEST];
            }
        }
    }

    long sequence(int at) {
        return sequences[at];
    }

    Segment segment(int at) {
        return segments[at];
    }

    int offset(int at) {
        return offsets[at];
    }

    int length(int at) {
        return lengths[at];
    }

    int state(int at) {
        return states[at];
    }

    void setState(int at, int state) {
        states[at] = state;
    }
}
