package dev.skein.node.registry;

import java.time.Duration;

/**
 * What persistent sessions of one instance keep; "auto" is resolved by then.
 *
 * @param offlineQos0 QoS 0 messages are kept while the client is away
 * @param persistentQos2 QoS 2 subscriptions are kept over a disconnect
 * @param expiry a session whose client stays away longer is discarded; 1 s..3650 days
 */
public record SessionRules(boolean offlineQos0, boolean persistentQos2, Duration expiry) {}
