package dev.skein.node.conformance;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT of MQTT 5 asks of everything that the server sends on its connection.
 *
 * @param packetSize the largest packet
 * @param topicAliases the highest topic alias
 * @param problemInformation whether acknowledgements may have reason strings and user properties
 */
record Mqtt5Limits(long packetSize, long topicAliases, boolean problemInformation) {
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final int BEFORE_PROPERTIES = 10; // name, level, flags, keep-alive
    private static final Set<Integer> ALWAYS_INFORMED =
            Set.of(Mqtt5Packet.CONNACK, Mqtt5Packet.PUBLISH, Mqtt5Packet.DISCONNECT);

    /** Of the CONNECT that {@code bytes} begin with; null when they begin with something else. */
    static @Nullable Mqtt5Limits of(byte[] bytes) {
        if (!Mqtt5Packet.isConnect(bytes)) {
            return null;
        }
        int at = 1 + VariableByteInteger.size(bytes, 1, bytes.length) + BEFORE_PROPERTIES;
        return new Mqtt5Limits(
                PropertyList.number(bytes, at, Mqtt5Property.MAXIMUM_PACKET, NO_LIMIT),
                PropertyList.number(bytes, at, Mqtt5Property.TOPIC_ALIAS_MAXIMUM, 0),
                PropertyList.number(bytes, at, Mqtt5Property.REQUEST_PROBLEM, 1) != 0);
    }

    /** What is wrong with a packet that the server sent: its form, or that it is beyond these; empty when nothing. */
    String fault(byte[] packet) {
        String fault = Mqtt5Packet.fault(packet);
        if (!fault.isEmpty()) {
            return fault;
        }
        if (packet.length > packetSize) {
            return packet.length + " bytes (expected: at most " + packetSize + ") [MQTT-3.1.2-24]";
        }
        int at = Mqtt5Packet.properties(packet);
        if (PropertyList.number(packet, at, Mqtt5Property.TOPIC_ALIAS, 0) > topicAliases) {
            return "topic alias above " + topicAliases + " [MQTT-3.1.2-26]";
        }
        boolean informs = PropertyList.has(packet, at, Mqtt5Property.REASON_STRING)
                || PropertyList.has(packet, at, Mqtt5Property.USER);
        return informs && !problemInformation && !ALWAYS_INFORMED.contains(Mqtt5Packet.type(packet))
                ? "information that the client does not want [MQTT-3.1.2-29]"
                : "";
    }
}
