package dev.skein.node.conformance;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Holds each packet that a server sends over MQTT 5 against the rules of its form: flags, length, reason code,
 * properties.
 */
final class Mqtt5Packet {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int UNSUBACK = 11;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;
    static final int AUTH = 15;

    private static final int CONNECT = 1;
    private static final byte[] MQTT_5 = {0, 4, 'M', 'Q', 'T', 'T', 5};
    private static final int MAX_QOS = 2;

    private static final Set<Integer> RECEIVED = Set.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    private static final Set<Integer> RELEASED = Set.of(0x00, 0x92);

    /** Packet type to the reason codes that a server may send in it. */
    private static final Map<Integer, Set<Integer>> REASONS = Map.of(
            CONNACK,
            Set.of(
                    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97,
                    0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F),
            PUBACK,
            RECEIVED,
            PUBREC,
            RECEIVED,
            PUBREL,
            RELEASED,
            PUBCOMP,
            RELEASED,
            SUBACK,
            Set.of(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2),
            UNSUBACK,
            Set.of(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91),
            DISCONNECT,
            Set.of(
                    0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96,
                    0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2),
            AUTH,
            Set.of(0x00, 0x18));

    private final byte[] packet;
    private final int type;
    private final int body;

    private Mqtt5Packet(byte[] packet) {
        this.packet = packet;
        this.type = type(packet);
        this.body = 1 + VariableByteInteger.size(packet, 1, packet.length);
    }

    /** Whether {@code bytes} begin with a CONNECT of MQTT 5. */
    static boolean isConnect(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] >> 4 != CONNECT) {
            return false;
        }
        int at = 1 + VariableByteInteger.size(bytes, 1, bytes.length);
        return at > 1
                && bytes.length >= at + MQTT_5.length
                && Arrays.equals(MQTT_5, Arrays.copyOfRange(bytes, at, at + MQTT_5.length));
    }

    /** What is wrong with the form of a packet that a server sent; empty when nothing. */
    static String fault(byte[] packet) {
        Mqtt5Packet checked = new Mqtt5Packet(packet);
        boolean isMinimal = Arrays.equals(
                VariableByteInteger.encode(packet.length - checked.body), Arrays.copyOfRange(packet, 1, checked.body));
        return isMinimal ? checked.fault() : "a remaining length that takes more bytes than it needs";
    }

    static int type(byte[] packet) {
        return (packet[0] & 0xFF) >> 4;
    }

    /** Where the properties of a well-formed packet begin; the length of the packet when it has none. */
    static int properties(byte[] packet) {
        Mqtt5Packet read = new Mqtt5Packet(packet);
        int at = switch (read.type) {
            case CONNACK, SUBACK, UNSUBACK -> read.body + Short.BYTES;
            case PUBLISH -> read.publishProperties();
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> read.body + Short.BYTES + 1;
            case DISCONNECT, AUTH -> read.body + 1;
            default -> packet.length;
        };
        return Math.min(at, packet.length);
    }

    private int publishProperties() {
        int topic = Mqtt5Property.Type.STRING.size(packet, body, packet.length);
        boolean hasId = (packet[0] & 0x06) != 0;
        return topic < 0 ? packet.length : body + topic + (hasId ? Short.BYTES : 0);
    }

    private String fault() {
        int flags = packet[0] & 0x0F;
        if (type != PUBLISH && flags != (type == PUBREL ? 2 : 0)) {
            return "flags " + flags;
        }
        return switch (type) {
            case CONNACK -> connack();
            case PUBLISH -> publish(flags);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> reasonAndProperties(body + Short.BYTES);
            case SUBACK, UNSUBACK -> reasons();
            case PINGRESP -> packet.length == body ? "" : "bytes behind it";
            case DISCONNECT, AUTH -> reasonAndProperties(body);
            default -> "a packet that a server does not send";
        };
    }

    private String connack() {
        if (packet.length < body + 3) {
            return "cut short";
        }
        boolean present = packet[body] == 1;
        if (packet[body] != 0 && !present) {
            return "reserved bits of the acknowledge flags";
        }
        if (present && packet[body + 1] != 0) {
            return "session present beside a refusal";
        }
        return PropertyList.skip(packet, body + 2) == packet.length
                ? reasonAndProperties(body + 1)
                : "bytes behind the properties";
    }

    private String publish(int flags) {
        int qos = (flags >> 1) & 3;
        if (qos > MAX_QOS || (qos == 0 && flags >= 8)) {
            return "flags " + flags;
        }
        int properties = publishProperties();
        return properties < packet.length ? PropertyList.fault(packet, properties, type) : "cut short";
    }

    private String reasons() {
        if (packet.length <= body + Short.BYTES) {
            return "cut short";
        }
        String fault = PropertyList.fault(packet, body + Short.BYTES, type);
        if (!fault.isEmpty()) {
            return fault;
        }
        int at = PropertyList.skip(packet, body + Short.BYTES);
        for (int i = at; i < packet.length; i++) {
            if (!mayHave(packet[i] & 0xFF)) {
                return "reason code " + Integer.toHexString(packet[i] & 0xFF);
            }
        }
        return at < packet.length ? "" : "no reason code";
    }

    /** Reason code and properties at the end; what says nothing may be left out. */
    private String reasonAndProperties(int at) {
        if (packet.length < at) {
            return "cut short";
        }
        if (packet.length == at) {
            return "";
        }
        if (!mayHave(packet[at] & 0xFF)) {
            return "reason code " + Integer.toHexString(packet[at] & 0xFF);
        }
        if (packet.length == at + 1) {
            return "";
        }
        String fault = PropertyList.fault(packet, at + 1, type);
        return fault.isEmpty() && PropertyList.skip(packet, at + 1) != packet.length
                ? "bytes behind the properties"
                : fault;
    }

    private boolean mayHave(int reason) {
        return REASONS.getOrDefault(type, Set.of()).contains(reason);
    }
}
