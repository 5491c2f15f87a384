package dev.skein.protocol.mqtt.codec;

/**
 * An acknowledgement from a client, fully checked.
 *
 * @param kind which of the four
 * @param packetId 1..65535
 * @param reason reason code of MQTT 5, 0 for success, 0..255
 */
public record InboundAck(Kind kind, int packetId, int reason) {
    /** From here on a reason code says that the other side did not do what it was to. */
    private static final int FAILURE = 0x80;

    /** One of MQTT 3.1.1, which says no reason. */
    public InboundAck(Kind kind, int packetId) {
        this(kind, packetId, 0);
    }

    /** Whether the client refuses the message: the exchange ends here. */
    public boolean isRefusal() {
        return reason >= FAILURE;
    }

    /** The packets that are a packet identifier and nothing else. */
    public enum Kind {
        /** Ends the delivery of a QoS 1 message. */
        PUBACK,
        /** A QoS 2 message has arrived at the client. */
        PUBREC,
        /** The client releases a QoS 2 message that it published. */
        PUBREL,
        /** Ends the delivery of a QoS 2 message. */
        PUBCOMP
    }
}
