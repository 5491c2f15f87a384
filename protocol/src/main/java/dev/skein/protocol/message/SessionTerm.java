package dev.skein.protocol.message;

/**
 * How a client wants its session to begin and to end, whatever its protocol: Clean Start and Session Expiry Interval of
 * MQTT 5 (sections 3.1.2.4 and 3.1.2.11.2). CleanSession of MQTT 3.1.1 says both at once.
 *
 * @param cleanStart whether a session that is there is discarded first [MQTT-3.1.2-4]
 * @param expirySeconds how long the session outlives its connection: 0 not at all, 1..4294967294 seconds,
 *     {@link #NEVER} for ever, {@link #BY_SETTINGS} as long as the settings of its instance say
 */
public record SessionTerm(boolean cleanStart, long expirySeconds) {
    /** The session does not expire. */
    public static final long NEVER = 0xFFFF_FFFFL;

    /** The client does not say for how long: a session of MQTT 3.1.1 with CleanSession 0. */
    public static final long BY_SETTINGS = -1;

    /** Checks the range. */
    public SessionTerm {
        if (expirySeconds < BY_SETTINGS || expirySeconds > NEVER) {
            throw new IllegalArgumentException("expirySeconds: " + expirySeconds + " (expected: -1.." + NEVER + ")");
        }
    }

    /** What CleanSession of MQTT 3.1.1 means. */
    public static SessionTerm ofCleanSession(boolean cleanSession) {
        return new SessionTerm(cleanSession, cleanSession ? 0 : BY_SETTINGS);
    }

    /** Whether the session ends with its connection. */
    public boolean endsWithConnection() {
        return expirySeconds == 0;
    }
}
