package dev.skein.node.delivery;

import dev.skein.protocol.message.MessageId;

/**
 * What a publish waits for before it may be acknowledged: commits and the retained message. Confined to the event loop
 * that publishes.
 */
public abstract class PublishTally {
    private int waiting;
    private boolean failed;

    /** One more thing to wait for. */
    public final void expect() {
        waiting++;
    }

    /** One of them is done. */
    public final void done(boolean ok) {
        failed |= !ok;
        waiting--;
        if (waiting == 0) {
            settled(!failed);
        }
    }

    /** One of them is done: the store has the message as {@code id}. */
    final void committed(MessageId id) {
        identified(id);
        done(true);
    }

    /** The store knows the message as {@code id}. */
    protected void identified(MessageId id) {}

    /** Whether anybody still waits for it, or relies on it. Any thread. */
    protected boolean isWanted() {
        return true;
    }

    /** Whether the session of the publisher ends with its connection; of one without a session too. */
    protected boolean isOfCleanSession() {
        return true;
    }

    public final boolean isSettled() {
        return waiting == 0;
    }

    /** Everything is done; {@code ok} is false when something was refused for good. */
    protected abstract void settled(boolean ok);
}
