package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.message.Reason;

/**
 * What a peer sent is not MQTT. The network connection has to be closed [MQTT-4.8.0-1]; nothing after the offending
 * packet is read. Stackless: hostile input must not cost a stack walk.
 */
public final class MalformedPacketException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String clause;

    /**
     * A refusal.
     *
     * @param reason what to count and log it under: {@link Reason#PACKET_TOO_LARGE} when nothing of the packet was
     *     buffered, {@link Reason#MALFORMED} when the bytes do not have the form that the standard gives them,
     *     {@link Reason#PROTOCOL_VIOLATION} when a client must not send this
     * @param clause the normative statement of MQTT 3.1.1, such as {@code MQTT-3.3.1-4}, or a section number such as
     *     {@code 2.2.1} where the standard numbers no statement
     * @param message {@code name: value (expected: ...)}
     */
    public MalformedPacketException(Reason reason, String clause, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.clause = clause;
    }

    /** What to count and log it under. */
    public Reason reason() {
        return reason;
    }

    /** The statement or section of MQTT 3.1.1 that was broken. */
    public String clause() {
        return clause;
    }
}
