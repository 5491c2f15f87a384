package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;

import dev.skein.protocol.wire.FailureText;
import dev.skein.protocol.wire.Utf8;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Checks of the length-prefixed fields in a packet (MQTT 3.1.1 section 1.5.3), on raw bytes, without allocating. */
final class Strings {
    private Strings() {}

    /**
     * Steps over one field: two bytes of length and so many bytes.
     *
     * @return where the next field begins
     */
    static int skip(ByteBuf in, int at, int end, String name) throws MalformedPacketException {
        if (at + Short.BYTES > end) {
            throw new MalformedPacketException(MALFORMED, "1.5.3", FailureText.of(name, end - at, "2 bytes of length"));
        }
        int next = at + Short.BYTES + in.getUnsignedShort(at);
        if (next > end) {
            throw new MalformedPacketException(
                    MALFORMED,
                    "1.5.3",
                    FailureText.of(name, next - at - Short.BYTES, "<= " + (end - at - Short.BYTES) + " bytes left"));
        }
        return next;
    }

    /** {@link #skip} over a field that is an MQTT string. */
    static int skipString(ByteBuf in, int at, int end, String name) throws MalformedPacketException {
        int next = skip(in, at, end, name);
        text(in, at + Short.BYTES, next - at - Short.BYTES, name);
        return next;
    }

    /** {@link #skipString} over a field that is a topic filter. */
    static int skipFilter(ByteBuf in, int at, int end) throws MalformedPacketException {
        int next = skipString(in, at, end, "filter");
        filterSyntax(in, at + Short.BYTES, next);
        return next;
    }

    /** Refuses what is not well-formed UTF-8 or holds U+0000. */
    static void text(ByteBuf in, int at, int length, String name) throws MalformedPacketException {
        int illFormed = Utf8.firstIllFormed(in, at, length);
        if (illFormed != Utf8.VALID) {
            throw new MalformedPacketException(
                    MALFORMED,
                    "MQTT-1.5.3-1",
                    FailureText.of(name, "byte " + illFormed + " is ill-formed", "UTF-8 without surrogates"));
        }
        int nul = in.indexOf(at, at + length, (byte) 0);
        if (nul >= 0) {
            throw new MalformedPacketException(
                    MALFORMED, "MQTT-1.5.3-2", FailureText.of(name, "byte " + (nul - at) + " is U+0000", "none"));
        }
    }

    /** Refuses what is not a valid topic name. */
    static void topicName(ByteBuf in, int at, int length, String name) throws MalformedPacketException {
        text(in, at, length, name);
        if (length == 0) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-4.7.3-1", FailureText.of(name, "", "at least one character"));
        }
        if (in.indexOf(at, at + length, (byte) '+') >= 0 || in.indexOf(at, at + length, (byte) '#') >= 0) {
            throw refused(in, at, at + length, name, "MQTT-3.3.2-2", "no wildcard");
        }
    }

    private static void filterSyntax(ByteBuf in, int at, int end) throws MalformedPacketException {
        if (at == end) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-4.7.3-1", FailureText.of("filter", "", "at least one character"));
        }
        for (int i = at; i < end; i++) {
            byte c = in.getByte(i);
            if (c != '#' && c != '+') {
                continue;
            }
            boolean begins = i == at || in.getByte(i - 1) == '/';
            boolean ends = i + 1 == end || (c == '+' && in.getByte(i + 1) == '/');
            if (!begins || !ends) {
                throw c == '#'
                        ? refused(in, at, end, "filter", "MQTT-4.7.1-2", "# alone in the last level")
                        : refused(in, at, end, "filter", "MQTT-4.7.1-3", "+ alone in its level");
            }
        }
    }

    private static MalformedPacketException refused(
            ByteBuf in, int at, int end, String name, String clause, String expected) {
        String value = in.toString(at, end - at, StandardCharsets.UTF_8);
        return new MalformedPacketException(PROTOCOL_VIOLATION, clause, FailureText.of(name, value, expected));
    }
}
