package dev.skein.node.rule.flow;

import java.util.ArrayDeque;
import java.util.List;

/** In memory, not sent, in order: behind the window, or behind a spool that is full. */
final class Waiting {
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long bytes;

    void add(Entry entry) {
        entries.add(entry);
        bytes += entry.bytes();
    }

    /** They come before all others, in their order. */
    void putBack(List<Entry> before) {
        for (Entry entry : before.reversed()) {
            entries.addFirst(entry);
            bytes += entry.bytes();
        }
    }

    Entry next() {
        Entry entry = entries.remove();
        bytes -= entry.bytes();
        return entry;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }
}
