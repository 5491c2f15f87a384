package dev.skein.node.rule.flow;

import dev.skein.persistence.api.QueueCursor;
import java.util.List;

/** What a {@link Forwarding} asks of its surroundings; each answers later, never inside the call. */
public interface ForwardOutput {
    /** Sends to the target; {@link Forwarding#taken} or {@link Forwarding#failed} tells of each. */
    void send(List<Entry> entries);

    /** Writes to the end of the spool; {@link Forwarding#appended} tells of it. */
    void append(Entry entry);

    /**
     * Reads on in the spool; {@link Forwarding#page} tells.
     *
     * @param after what was read so far; null: from the beginning, when all that was removed is committed
     */
    void read(QueueCursor after, boolean afterCommits, int maxMessages);

    /** Reads the oldest of the spool; {@link Forwarding#oldest} tells. */
    void readOldest(int maxMessages);

    /** Takes an entry out of the spool. */
    void remove(Entry entry);

    /**
     * Answers who waits for an entry.
     *
     * @param ok whether the entry is safe: at the target, or in the spool; or has come to its end
     */
    void settle(Entry entry, boolean ok);

    /** Whether publishers of QoS 1 and 2 are to wait from now on. */
    void full(boolean full);
}
