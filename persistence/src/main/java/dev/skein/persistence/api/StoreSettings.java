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
 * @param writerId node and lane, the upper 32 bits of {@link dev.skein.protocol.mqtt.MessageId#writer()}
 */
public record StoreSettings(
        Duration maxAge,
        long maxSessionMessages,
        long maxInstanceMessages,
        Duration sweepInterval,
        int batchMessages,
        int writerId) {}
