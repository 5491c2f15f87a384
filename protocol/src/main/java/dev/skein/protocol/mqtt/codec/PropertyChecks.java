package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/**
 * Checks of the properties in a packet (MQTT 5 section 2.2.2), on raw bytes, without allocating: each is known, allowed
 * where it stands, there once, whole, and of a legal value.
 */
final class PropertyChecks {
    static final int PAYLOAD_FORMAT = 0x01;
    static final int MESSAGE_EXPIRY = 0x02;
    static final int CONTENT_TYPE = 0x03;
    static final int RESPONSE_TOPIC = 0x08;
    static final int CORRELATION_DATA = 0x09;
    static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    static final int SESSION_EXPIRY = 0x11;
    static final int ASSIGNED_CLIENT_ID = 0x12;
    static final int SERVER_KEEP_ALIVE = 0x13;
    static final int AUTHENTICATION_METHOD = 0x15;
    static final int AUTHENTICATION_DATA = 0x16;
    static final int REQUEST_PROBLEM = 0x17;
    static final int WILL_DELAY = 0x18;
    static final int REQUEST_RESPONSE = 0x19;
    static final int RESPONSE_INFORMATION = 0x1A;
    static final int SERVER_REFERENCE = 0x1C;
    static final int REASON_STRING = 0x1F;
    static final int RECEIVE_MAXIMUM = 0x21;
    static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    static final int TOPIC_ALIAS = 0x23;
    static final int USER_PROPERTY = 0x26;
    static final int MAXIMUM_PACKET_SIZE = 0x27;
    static final int SHARED_AVAILABLE = 0x2A;

    private static final int MAX_LENGTH_BYTES = 4;
    private static final int ONE_BYTE_IDENTIFIERS = 0x40;

    private PropertyChecks() {}

    /** Where properties stand, and which of them a client may put there. */
    enum Place {
        CONNECT(
                SESSION_EXPIRY,
                AUTHENTICATION_METHOD,
                AUTHENTICATION_DATA,
                REQUEST_PROBLEM,
                REQUEST_RESPONSE,
                RECEIVE_MAXIMUM,
                TOPIC_ALIAS_MAXIMUM,
                USER_PROPERTY,
                MAXIMUM_PACKET_SIZE),
        WILL(PAYLOAD_FORMAT, MESSAGE_EXPIRY, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA, WILL_DELAY, USER_PROPERTY),
        PUBLISH(
                PAYLOAD_FORMAT,
                MESSAGE_EXPIRY,
                CONTENT_TYPE,
                RESPONSE_TOPIC,
                CORRELATION_DATA,
                TOPIC_ALIAS,
                USER_PROPERTY),
        ACKNOWLEDGEMENT(REASON_STRING, USER_PROPERTY),
        SUBSCRIBE(SUBSCRIPTION_IDENTIFIER, USER_PROPERTY),
        UNSUBSCRIBE(USER_PROPERTY),
        DISCONNECT(SESSION_EXPIRY, REASON_STRING, USER_PROPERTY),
        AUTH(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);

        private final long allowed;

        Place(int... identifiers) {
            long bits = 0;
            for (int identifier : identifiers) {
                bits |= 1L << identifier;
            }
            allowed = bits;
        }

        boolean allows(int identifier) {
            return (allowed & 1L << identifier) != 0;
        }
    }

    /**
     * Checks the properties whose length stands at {@code at}.
     *
     * @return where the next field begins
     */
    static int check(ByteBuf in, int at, int end, Place place) throws MalformedPacketException {
        int next = begin(in, at, end);
        int last = next + length(in, at);
        long seen = 0;
        while (next < last) {
            int identifier = in.getUnsignedByte(next);
            if (identifier >= ONE_BYTE_IDENTIFIERS || !place.allows(identifier)) {
                throw misplaced(identifier, place);
            }
            if ((seen & 1L << identifier) != 0 && identifier != USER_PROPERTY) {
                throw refused("property", "0x" + Integer.toHexString(identifier) + " twice", "once", "2.2.2.2");
            }
            seen |= 1L << identifier;
            next = value(in, identifier, next + 1, last);
        }
        if ((seen & 1L << AUTHENTICATION_DATA) != 0 && (seen & 1L << AUTHENTICATION_METHOD) == 0) {
            throw refused("authentication data", "without a method", "with one", "3.1.2.11.10");
        }
        return last;
    }

    /** Where the first property begins; refuses a length that goes beyond {@code end}. */
    static int begin(ByteBuf in, int at, int end) throws MalformedPacketException {
        int first = skipNumber(in, at, end, "property length");
        int length = length(in, at);
        if (length > end - first) {
            throw new MalformedPacketException(
                    MALFORMED,
                    "2.2.2.1",
                    FailureText.of("property length", length, "<= " + (end - first) + " bytes left"));
        }
        return first;
    }

    /** The variable byte integer at {@code at}, which was checked. */
    static int length(ByteBuf in, int at) {
        int value = 0;
        for (int i = 0; ; i++) {
            byte digit = in.getByte(at + i);
            value |= (digit & 0x7F) << (7 * i);
            if (digit >= 0) {
                return value;
            }
        }
    }

    /** Steps over a variable byte integer, which has to be in its shortest form [MQTT-1.5.5-1]. */
    static int skipNumber(ByteBuf in, int at, int end, String name) throws MalformedPacketException {
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (at + i >= end) {
                throw new MalformedPacketException(MALFORMED, "1.5.5", FailureText.of(name, "cut off", "1..4 bytes"));
            }
            byte digit = in.getByte(at + i);
            if (digit >= 0) {
                if (i > 0 && digit == 0) {
                    throw new MalformedPacketException(
                            MALFORMED, "MQTT-1.5.5-1", FailureText.of(name, "not in the fewest bytes", "that"));
                }
                return at + i + 1;
            }
        }
        throw new MalformedPacketException(MALFORMED, "1.5.5", FailureText.of(name, "more than 4 bytes", "1..4 bytes"));
    }

    /** Steps over a value whose form is checked already. */
    static int skip(ByteBuf in, int identifier, int at) {
        return switch (identifier) {
            case PAYLOAD_FORMAT, REQUEST_PROBLEM, REQUEST_RESPONSE -> at + 1;
            case RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS -> at + Short.BYTES;
            case MESSAGE_EXPIRY, SESSION_EXPIRY, WILL_DELAY, MAXIMUM_PACKET_SIZE -> at + Integer.BYTES;
            case USER_PROPERTY -> {
                int value = at + Short.BYTES + in.getUnsignedShort(at);
                yield value + Short.BYTES + in.getUnsignedShort(value);
            }
            case SUBSCRIPTION_IDENTIFIER -> {
                int next = at;
                while (in.getByte(next) < 0) {
                    next++;
                }
                yield next + 1;
            }
            default -> at + Short.BYTES + in.getUnsignedShort(at);
        };
    }

    private static int value(ByteBuf in, int identifier, int at, int end) throws MalformedPacketException {
        return switch (identifier) {
            case PAYLOAD_FORMAT -> flag(in, at, end, "payload format indicator");
            case REQUEST_PROBLEM -> flag(in, at, end, "request problem information");
            case REQUEST_RESPONSE -> flag(in, at, end, "request response information");
            case RECEIVE_MAXIMUM -> notZero(in, at, end, "receive maximum");
            case TOPIC_ALIAS -> fixed(at, Short.BYTES, end, "topic alias");
            case TOPIC_ALIAS_MAXIMUM -> fixed(at, Short.BYTES, end, "topic alias maximum");
            case MESSAGE_EXPIRY -> fixed(at, Integer.BYTES, end, "message expiry interval");
            case SESSION_EXPIRY -> fixed(at, Integer.BYTES, end, "session expiry interval");
            case WILL_DELAY -> fixed(at, Integer.BYTES, end, "will delay interval");
            case MAXIMUM_PACKET_SIZE -> {
                int next = fixed(at, Integer.BYTES, end, "maximum packet size");
                if (in.getInt(at) == 0) {
                    throw refused("maximum packet size", "0", "1..4294967295", "3.1.2.11.4");
                }
                yield next;
            }
            case SUBSCRIPTION_IDENTIFIER -> {
                int next = skipNumber(in, at, end, "subscription identifier");
                if (length(in, at) == 0) {
                    throw refused("subscription identifier", "0", "1..268435455", "3.8.2.1.2");
                }
                yield next;
            }
            case CONTENT_TYPE -> Strings.skipString(in, at, end, "content type");
            case RESPONSE_TOPIC -> responseTopic(in, at, end);
            case CORRELATION_DATA -> Strings.skip(in, at, end, "correlation data");
            case AUTHENTICATION_METHOD -> Strings.skipString(in, at, end, "authentication method");
            case AUTHENTICATION_DATA -> Strings.skip(in, at, end, "authentication data");
            case REASON_STRING -> Strings.skipString(in, at, end, "reason string");
            case USER_PROPERTY ->
                Strings.skipString(
                        in, Strings.skipString(in, at, end, "user property name"), end, "user property value");
            default -> throw new IllegalStateException("property: " + identifier + " (expected: one that is allowed)");
        };
    }

    private static int responseTopic(ByteBuf in, int at, int end) throws MalformedPacketException {
        int next = Strings.skip(in, at, end, "response topic");
        Strings.topicName(in, at + Short.BYTES, next - at - Short.BYTES, "response topic"); // [MQTT-3.3.2-14]
        return next;
    }

    private static int fixed(int at, int bytes, int end, String name) throws MalformedPacketException {
        if (at + bytes > end) {
            throw new MalformedPacketException(
                    MALFORMED, "2.2.2", FailureText.of(name, (end - at) + " bytes", bytes + " bytes"));
        }
        return at + bytes;
    }

    private static int flag(ByteBuf in, int at, int end, String name) throws MalformedPacketException {
        int next = fixed(at, 1, end, name);
        if (in.getUnsignedByte(at) > 1) {
            throw refused(name, Integer.toString(in.getUnsignedByte(at)), "0 or 1", "2.2.2.2");
        }
        return next;
    }

    private static int notZero(ByteBuf in, int at, int end, String name) throws MalformedPacketException {
        int next = fixed(at, Short.BYTES, end, name);
        if (in.getShort(at) == 0) {
            throw refused(name, "0", "1..65535", "2.2.2.2");
        }
        return next;
    }

    /** PUBLISH has subscription identifiers, but only the server sends them [MQTT-3.3.4-6]. */
    private static MalformedPacketException misplaced(int identifier, Place place) {
        boolean ofServer = place == Place.PUBLISH && identifier == SUBSCRIPTION_IDENTIFIER;
        return new MalformedPacketException(
                ofServer ? PROTOCOL_VIOLATION : MALFORMED,
                ofServer ? "MQTT-3.3.4-6" : "2.2.2.2",
                FailureText.of("property", "0x" + Integer.toHexString(identifier), "one of " + place));
    }

    private static MalformedPacketException refused(String name, String value, String expected, String clause) {
        return new MalformedPacketException(PROTOCOL_VIOLATION, clause, FailureText.of(name, value, expected));
    }
}
