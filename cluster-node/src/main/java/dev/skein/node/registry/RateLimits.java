package dev.skein.node.registry;

import dev.skein.node.admission.Rate;

/**
 * What may be done in a second in one instance, on one node.
 *
 * @param client by one client
 * @param identity by all clients of a user or an access key, or by all anonymous ones
 * @param address by all clients of an address
 * @param instance by all clients
 */
public record RateLimits(Rate client, Rate identity, Rate address, Rate instance) {
    private static final int CLIENT_TOPICS = 100;
    private static final int INSTANCE_TOPICS = 1000;

    /** What holds when nothing is configured: only parent topics, each of which is an actor, are not without bound. */
    public static final RateLimits DEFAULT =
            new RateLimits(new Rate(0, 0, 0, CLIENT_TOPICS), Rate.NONE, Rate.NONE, new Rate(0, 0, 0, INSTANCE_TOPICS));

    /** Whether what is published has to be counted. */
    public boolean boundMessages() {
        return client.boundsMessages()
                || identity.boundsMessages()
                || address.boundsMessages()
                || instance.boundsMessages();
    }
}
