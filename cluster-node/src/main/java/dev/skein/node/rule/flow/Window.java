package dev.skein.node.rule.flow;

import dev.skein.protocol.message.MessageId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and is not settled, in the order of sending. An entry is settled when the target has it and all before
 * it with the same order key are: one that failed is sent again, and with it all behind it.
 */
final class Window {
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final Map<String, Entry> lastOfKey = new HashMap<>();
    private int unsettled;
    private int unanswered;
    private long bytes;
    private boolean failed;

    /** An entry is about to be sent at {@code now}. */
    void add(Entry entry, long now) {
        entry.sent(now);
        Entry last = lastOfKey.put(entry.record().orderKey(), entry);
        if (last != null) {
            entry.follow(last);
        }
        entries.add(entry);
        unsettled++;
        unanswered++;
        bytes += entry.bytes();
    }

    /** The target has {@code entry}, or will never take it; {@code settled} gets each that is settled now. */
    void done(Entry entry, Consumer<Entry> settled) {
        entry.state(Entry.State.TAKEN);
        unanswered--;
        Entry next = entry;
        while (next != null && next.state() == Entry.State.TAKEN && next.before() == null) {
            next.state(Entry.State.SETTLED);
            unsettled--;
            bytes -= next.bytes();
            lastOfKey.remove(next.record().orderKey(), next);
            Entry behind = next.behind();
            if (behind != null) {
                behind.isFirst();
            }
            settled.accept(next);
            next = behind;
        }
        while (!entries.isEmpty() && entries.getFirst().state() == Entry.State.SETTLED) {
            entries.removeFirst();
        }
    }

    /** The target did not take {@code entry}. */
    void failed(Entry entry) {
        entry.state(Entry.State.FAILED);
        unanswered--;
        failed = true;
    }

    /** Forgets all that is not settled and gives it, in its order. */
    List<Entry> clear() {
        List<Entry> rest = new ArrayList<>(unsettled);
        for (Entry entry : entries) {
            if (entry.state() != Entry.State.SETTLED) {
                entry.state(Entry.State.WAITING);
                rest.add(entry);
            }
        }
        entries.clear();
        lastOfKey.clear();
        unsettled = 0;
        unanswered = 0;
        bytes = 0;
        failed = false;
        return rest;
    }

    /** Whether the entry at that place of the spool is among them. */
    boolean holds(@Nullable MessageId stored) {
        return entries.stream()
                .anyMatch(entry -> entry.state() != Entry.State.SETTLED
                        && entry.stored() != null
                        && entry.stored().equals(stored));
    }

    boolean isEmpty() {
        return unsettled == 0;
    }

    int size() {
        return unsettled;
    }

    long bytes() {
        return bytes;
    }

    /** Those that the target has not answered. */
    int unanswered() {
        return unanswered;
    }

    /** Whether the target did not take one of them. */
    boolean hasFailed() {
        return failed;
    }

    /** When the oldest was sent. */
    long oldestSentAt() {
        return entries.getFirst().sentAt();
    }
}
