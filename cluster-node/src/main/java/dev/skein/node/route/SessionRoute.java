package dev.skein.node.route;

import dev.skein.protocol.message.Subscription;

/** A subscription of a persistent session; it lives in the database and in every open table. */
public final class SessionRoute extends TrieEntry {
    private final long sessionId;
    private final String clientId;
    private final int qos;
    private final boolean keepsRetain;

    /** One whose messages show no RETAIN flag; {@code qos} is the maximum granted, 0..2. */
    public SessionRoute(long sessionId, String clientId, int qos) {
        this(sessionId, clientId, qos, false);
    }

    private SessionRoute(long sessionId, String clientId, int qos, boolean keepsRetain) {
        this.sessionId = sessionId;
        this.clientId = clientId;
        this.qos = qos;
        this.keepsRetain = keepsRetain;
    }

    /** That of {@code subscription}. */
    public static SessionRoute of(long sessionId, String clientId, Subscription subscription) {
        return new SessionRoute(sessionId, clientId, subscription.qos(), subscription.retainAsPublished());
    }

    /** Whether its messages show the RETAIN flag of their publisher [MQTT-3.3.1-13]. */
    public boolean keepsRetain() {
        return keepsRetain;
    }

    /** Identity of the session in the store. */
    public long sessionId() {
        return sessionId;
    }

    /** Client ID of the session. */
    public String clientId() {
        return clientId;
    }

    /** Maximum QoS granted, 0..2. */
    public int qos() {
        return qos;
    }
}
