package dev.skein.persistence.api;

import java.util.concurrent.CompletionStage;

/**
 * The queues of persistent sessions.
 *
 * <p>Thread-safe. No method blocks. While the database is away the store keeps what it was given and tries again: no
 * listener runs, {@link #pendingBytes()} grows, and it is for the caller to hold its publishers back.
 */
public interface MessageStore {
    /**
     * Writes {@code command} with the next group commit.
     *
     * <p>Listeners of one commit run in the order of their commands, then the hook of {@link #onBatch} runs once.
     */
    void submit(StoreCommand command);

    /** A hook that runs on the writing thread after the listeners of each commit; replaces any earlier one. */
    void onBatch(Runnable hook);

    /**
     * Reads on in one queue.
     *
     * @param after what was read so far; not kept
     * @param maxMessages 1..10000
     * @param maxBytes payload bytes after which the page ends; the first message always fits
     */
    CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes);

    /** Reads the QoS 2 state beside the queue; what it costs does not grow with the queue. */
    CompletionStage<FlowState> flowState(long sessionId);

    /** Number of messages in one queue. */
    CompletionStage<Long> depth(long sessionId);

    /** Bytes of payload given to {@link #submit} and not yet committed. */
    long pendingBytes();
}
