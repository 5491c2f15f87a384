package dev.skein.protocol.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/** Properties of one packet that the server writes (MQTT 5 section 2.2.2), in the order of the calls. */
public final class PropertyBuffer {
    private static final int UNSIGNED_SHORT = 0xFFFF;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** None yet. */
    public PropertyBuffer() {}

    /** The session outlives its connection by so many seconds, 0..4294967295. */
    public PropertyBuffer sessionExpiry(long seconds) {
        return four(PropertyChecks.SESSION_EXPIRY, seconds);
    }

    /** The client ID that the server has chosen. */
    public PropertyBuffer assignedClientId(String clientId) {
        return text(PropertyChecks.ASSIGNED_CLIENT_ID, clientId);
    }

    /** The keep-alive that counts, 0..65535 seconds. */
    public PropertyBuffer serverKeepAlive(int seconds) {
        return two(PropertyChecks.SERVER_KEEP_ALIVE, seconds);
    }

    /** Unacknowledged messages that the server takes, 1..65535. */
    public PropertyBuffer receiveMaximum(int messages) {
        return two(PropertyChecks.RECEIVE_MAXIMUM, messages);
    }

    /** The largest packet that the server takes, in bytes. */
    public PropertyBuffer maximumPacketSize(long bytes) {
        return four(PropertyChecks.MAXIMUM_PACKET_SIZE, bytes);
    }

    /** Topic aliases that the client may use, 0..65535. */
    public PropertyBuffer topicAliasMaximum(int maximum) {
        return two(PropertyChecks.TOPIC_ALIAS_MAXIMUM, maximum);
    }

    /** Where the topics of responses begin. */
    public PropertyBuffer responseInformation(String information) {
        return text(PropertyChecks.RESPONSE_INFORMATION, information);
    }

    /** Another server to use. */
    public PropertyBuffer serverReference(String reference) {
        return text(PropertyChecks.SERVER_REFERENCE, reference);
    }

    /** The method of enhanced authentication. */
    public PropertyBuffer authenticationMethod(String method) {
        return text(PropertyChecks.AUTHENTICATION_METHOD, method);
    }

    /** Data of enhanced authentication. */
    public PropertyBuffer authenticationData(byte[] data) {
        out.write(PropertyChecks.AUTHENTICATION_DATA);
        return bytes(data);
    }

    /** That shared subscriptions are not served. */
    public PropertyBuffer noSharedSubscriptions() {
        out.write(PropertyChecks.SHARED_AVAILABLE);
        out.write(0);
        return this;
    }

    /** What happened, for people. */
    public PropertyBuffer reasonString(String text) {
        return text(PropertyChecks.REASON_STRING, text);
    }

    /** Their bytes, without the length in front. */
    public int size() {
        return out.size();
    }

    /** Appends length and properties. */
    void writeTo(ByteBuf buffer) {
        PacketEncoder.writeRemainingLength(buffer, out.size());
        buffer.writeBytes(out.toByteArray());
    }

    private PropertyBuffer two(int identifier, int value) {
        out.write(identifier);
        out.write(value >>> Byte.SIZE);
        out.write(value);
        return this;
    }

    private PropertyBuffer four(int identifier, long value) {
        out.write(identifier);
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            out.write((int) (value >>> shift));
        }
        return this;
    }

    private PropertyBuffer text(int identifier, String value) {
        out.write(identifier);
        return bytes(value.getBytes(UTF_8));
    }

    private PropertyBuffer bytes(byte[] value) {
        if (value.length > UNSIGNED_SHORT) {
            throw new IllegalArgumentException(FailureText.of("property", value.length, "<= " + UNSIGNED_SHORT));
        }
        out.write(value.length >>> Byte.SIZE);
        out.write(value.length);
        out.writeBytes(value);
        return this;
    }
}
