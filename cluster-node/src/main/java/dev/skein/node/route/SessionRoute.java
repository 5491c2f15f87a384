package dev.skein.node.route;

/** A subscription of a persistent session; it lives in the database and in every open table. */
public final class SessionRoute extends TrieEntry {
    private final long sessionId;
    private final String clientId;
    private final int qos;

    /** {@code qos} is the maximum granted, 0..2. */
    public SessionRoute(long sessionId, String clientId, int qos) {
        this.sessionId = sessionId;
        this.clientId = clientId;
        this.qos = qos;
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
