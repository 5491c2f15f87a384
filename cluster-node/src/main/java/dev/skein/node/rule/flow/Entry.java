package dev.skein.node.rule.flow;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.protocol.message.MessageId;
import org.jspecify.annotations.Nullable;

/** One record on its way to a target. Confined to its {@link Forwarding}. */
public final class Entry {
    private final SinkRecord record;
    private final boolean atLeastOnce;
    private final @Nullable Object waiter;
    private final @Nullable MessageId stored;
    private final int bytes;

    private State state = State.WAITING;
    private boolean isDeadLetter;
    private long sentAt;
    /** The entry under way with the same order key that was sent right before, as long as it is not settled. */
    private @Nullable Entry before;
    /** The one that was sent right behind. */
    private @Nullable Entry behind;

    /** Where it is. */
    enum State {
        /** In memory, not sent. */
        WAITING,
        /** Sent; the target has not answered. */
        SENT,
        /** The target has it; one before it with the same order key is not settled. */
        TAKEN,
        /** The target did not take it. */
        FAILED,
        /** On its way to the spool. */
        SPOOLING,
        /** Done with: what is still told of it changes nothing. */
        SETTLED
    }

    /**
     * An entry.
     *
     * @param atLeastOnce whether it may not be lost: QoS 1 and 2, and notices
     * @param waiter who is answered when it is taken or spooled; null: nobody
     * @param stored its place in the spool; null: it is not there
     */
    public Entry(SinkRecord record, boolean atLeastOnce, @Nullable Object waiter, @Nullable MessageId stored) {
        this.record = record;
        this.atLeastOnce = atLeastOnce;
        this.waiter = waiter;
        this.stored = stored;
        int properties = 0;
        for (var property : record.properties().entrySet()) {
            properties += property.getKey().length() + property.getValue().length();
        }
        this.bytes = record.body().length
                + record.orderKey().length()
                + record.topic().length()
                + properties;
    }

    /** What is sent. */
    public SinkRecord record() {
        return record;
    }

    /** Whether it may not be lost. */
    public boolean isAtLeastOnce() {
        return atLeastOnce;
    }

    /** Who is answered; null: nobody. */
    public @Nullable Object waiter() {
        return waiter;
    }

    /** Its place in the spool; null: it is not there. */
    public @Nullable MessageId stored() {
        return stored;
    }

    /** What it takes in memory, about. */
    public int bytes() {
        return bytes;
    }

    /** Whether it goes to the topic for what the target will never take. */
    public boolean isDeadLetter() {
        return isDeadLetter;
    }

    void deadLetter() {
        isDeadLetter = true;
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
    }

    void sent(long now) {
        state = State.SENT;
        sentAt = now;
    }

    long sentAt() {
        return sentAt;
    }

    @Nullable
    Entry before() {
        return before;
    }

    @Nullable
    Entry behind() {
        return behind;
    }

    /** It was sent right behind {@code other}. */
    void follow(Entry other) {
        before = other;
        other.behind = this;
    }

    /** The one before it is settled. */
    void isFirst() {
        before = null;
    }

    @Override
    public String toString() {
        return record.key() + " " + state;
    }
}
