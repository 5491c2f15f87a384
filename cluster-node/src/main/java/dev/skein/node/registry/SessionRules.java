package dev.skein.node.registry;

import java.time.Duration;

/**
 * What sessions of one instance keep, and for whom; "auto" is resolved by then.
 *
 * @param offlineQos0 QoS 0 messages are kept while the client is away
 * @param persistentQos2 QoS 2 subscriptions are kept over a disconnect
 * @param owner who may take up a session that is there
 * @param expiry a session whose client stays away longer is discarded, when the client has not said how long it lives;
 *     1 s..3650 days
 * @param expiryMin the shortest expiry that a client gets which wants one other than 0; whole seconds
 * @param expiryMax the longest; 0 for no limit
 */
public record SessionRules(
        boolean offlineQos0,
        boolean persistentQos2,
        SessionOwner owner,
        Duration expiry,
        Duration expiryMin,
        Duration expiryMax) {}
