package dev.skein.protocol.mqtt.codec;

/**
 * An acknowledgement from a client, fully checked.
 *
 * @param kind which of the four
 * @param packetId 1..65535
 */
public record InboundAck(Kind kind, int packetId) {
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
