package dev.skein.persistence.api;

import java.time.Duration;

/**
 * Bounds of the message store, read from {@code skein.storage}.
 *
 * @param maxAge older queue entries are removed; 1 minute..365 days
 * @param maxSessionMessages queue entries of one session, oldest removed first; 1..100000000
 * @param maxInstanceMessages queue entries of one instance, oldest removed first; 1..10000000000
 * @param sweepInterval how often age and instance bounds are enforced; 1 s..1 day
 * @param batchMessages commands in one group commit; 1..100000
 * @param nodeName who writes: the same over restarts, another for each node that shares the database; the store gives
 *     it a number, the upper 32 bits of {@link dev.skein.protocol.message.MessageId#writer()}; 1..255 characters
 * @param durability of the embedded store; PostgreSQL has its own
 * @param maxSessionBytes bytes of the queue of one session, topics included, oldest removed first; 1 or more
 * @param maxInstanceBytes the same of all queues of one instance; a message counts for each receiver
 */
public record StoreSettings(
        Duration maxAge,
        long maxSessionMessages,
        long maxInstanceMessages,
        Duration sweepInterval,
        int batchMessages,
        String nodeName,
        StoreDurability durability,
        long maxSessionBytes,
        long maxInstanceBytes) {
    private static final int NAME_MAX = 255;

    /** What is acknowledged is as safe as the database makes it. */
    public StoreSettings(
            Duration maxAge,
            long maxSessionMessages,
            long maxInstanceMessages,
            Duration sweepInterval,
            int batchMessages,
            String nodeName) {
        this(
                maxAge,
                maxSessionMessages,
                maxInstanceMessages,
                sweepInterval,
                batchMessages,
                nodeName,
                StoreDurability.DATABASE);
    }

    /** Without bounds in bytes. */
    public StoreSettings(
            Duration maxAge,
            long maxSessionMessages,
            long maxInstanceMessages,
            Duration sweepInterval,
            int batchMessages,
            String nodeName,
            StoreDurability durability) {
        this(
                maxAge,
                maxSessionMessages,
                maxInstanceMessages,
                sweepInterval,
                batchMessages,
                nodeName,
                durability,
                Long.MAX_VALUE,
                Long.MAX_VALUE);
    }

    /** The same with another durability. */
    public StoreSettings with(StoreDurability other) {
        return new StoreSettings(
                maxAge,
                maxSessionMessages,
                maxInstanceMessages,
                sweepInterval,
                batchMessages,
                nodeName,
                other,
                maxSessionBytes,
                maxInstanceBytes);
    }

    /** The same with other bounds in bytes. */
    public StoreSettings withBytes(long ofSession, long ofInstance) {
        return new StoreSettings(
                maxAge,
                maxSessionMessages,
                maxInstanceMessages,
                sweepInterval,
                batchMessages,
                nodeName,
                durability,
                ofSession,
                ofInstance);
    }

    /** Checks the name. */
    public StoreSettings {
        if (nodeName.isBlank() || nodeName.length() > NAME_MAX) {
            throw new IllegalArgumentException(
                    "nodeName: " + nodeName + " (expected: 1.." + NAME_MAX + " characters, not blank)");
        }
    }
}
