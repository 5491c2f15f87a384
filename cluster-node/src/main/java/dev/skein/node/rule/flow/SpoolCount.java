package dev.skein.node.rule.flow;

import dev.skein.node.rule.flow.ForwardSettings.SpoolBounds;

/** What a spool holds, as far as is known: what an earlier process left there is estimated. */
final class SpoolCount {
    private long messages;
    private long bytes;

    void set(long nowMessages, long nowBytes) {
        messages = nowMessages;
        bytes = nowBytes;
    }

    void add(Entry entry) {
        messages++;
        bytes += entry.bytes();
    }

    void remove(Entry entry) {
        messages = Math.max(0, messages - 1);
        bytes = messages == 0 ? 0 : Math.max(0, bytes - entry.bytes());
    }

    boolean hasRoom(Entry entry, SpoolBounds bounds) {
        return messages < bounds.messages() && bytes + entry.bytes() <= bounds.bytes();
    }

    boolean isOver(SpoolBounds bounds) {
        return messages > bounds.messages() || bytes > bounds.bytes();
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }
}
