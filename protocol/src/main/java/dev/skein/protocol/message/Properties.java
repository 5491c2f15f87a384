package dev.skein.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher said of a message, for its receivers: payload format, content type, response topic, correlation data
 * and user properties (MQTT 5 section 3.3.2.3), and until when it is of use. Whatever the protocol of the publisher.
 *
 * <p>Kept as MQTT 5 encodes it, because most of it is passed on as it came and read by nobody on the way; the order of
 * user properties and those that come twice stay [MQTT-3.3.2-18]. Immutable; the arrays must not be written to.
 */
public final class Properties {
    /** Longest encoded form, in bytes: what fits an MQTT packet of the largest size. */
    public static final int MAX_BYTES = 268_435_455;

    private static final int PAYLOAD_FORMAT = 0x01;
    private static final int CONTENT_TYPE = 0x03;
    private static final int RESPONSE_TOPIC = 0x08;
    private static final int CORRELATION_DATA = 0x09;
    private static final int USER_PROPERTY = 0x26;
    private static final int UNSIGNED_SHORT = 0xFFFF;

    private final byte[] encoded;
    private final long expiresAt;

    private Properties(byte[] encoded, long expiresAt) {
        this.encoded = encoded;
        this.expiresAt = expiresAt;
    }

    /**
     * Properties that were checked when they came: as {@link #encoded} and {@link #expiresAt} told them. Null when they
     * say nothing.
     */
    public static @Nullable Properties of(byte @Nullable [] encoded, long expiresAt) {
        byte[] bytes = encoded == null ? new byte[0] : encoded;
        return bytes.length == 0 && expiresAt == Long.MAX_VALUE ? null : new Properties(bytes, expiresAt);
    }

    /** One after another: identifier and value, as in an MQTT 5 PUBLISH, without the length in front. Read only. */
    public byte[] encoded() {
        return encoded;
    }

    /** In milliseconds since the Unix epoch; {@link Long#MAX_VALUE}: it never expires. */
    public long expiresAt() {
        return expiresAt;
    }

    /** The same with another expiry. */
    public Properties expiringAt(long millis) {
        return new Properties(encoded, millis);
    }

    /** Whether the publisher says that the payload is UTF-8. */
    public boolean isText() {
        ByteBuffer value = find(PAYLOAD_FORMAT);
        return value != null && value.get() == 1;
    }

    /** A description of the payload, such as a MIME type, or null. */
    public @Nullable String contentType() {
        ByteBuffer value = find(CONTENT_TYPE);
        return value == null ? null : text(value);
    }

    /** Where an answer is to be published, or null. */
    public @Nullable String responseTopic() {
        ByteBuffer value = find(RESPONSE_TOPIC);
        return value == null ? null : text(value);
    }

    /** What an answer is to carry so that it finds its request, or null. */
    public byte @Nullable [] correlationData() {
        ByteBuffer value = find(CORRELATION_DATA);
        return value == null ? null : bytes(value);
    }

    /** Tells {@code taker} each user property, in the order of the publisher. */
    public void forEachUser(UserProperty taker) {
        ByteBuffer from = ByteBuffer.wrap(encoded);
        while (from.hasRemaining()) {
            if (from.get(from.position()) == USER_PROPERTY) {
                from.get();
                taker.take(text(from), text(from));
            } else {
                skip(from);
            }
        }
    }

    /** Takes a user property. */
    public interface UserProperty {
        /** Both 0..65535 bytes of UTF-8. */
        void take(String name, String value);
    }

    private @Nullable ByteBuffer find(int identifier) {
        ByteBuffer from = ByteBuffer.wrap(encoded);
        while (from.hasRemaining()) {
            if (from.get(from.position()) == identifier) {
                from.get();
                return from;
            }
            skip(from);
        }
        return null;
    }

    /** Passes one property over; what cannot be one is refused. */
    private static void skip(ByteBuffer from) {
        try {
            int identifier = from.get();
            switch (identifier) {
                case PAYLOAD_FORMAT -> from.get();
                case CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA -> skipString(from);
                case USER_PROPERTY -> {
                    skipString(from);
                    skipString(from);
                }
                default ->
                    throw new IllegalArgumentException("property: " + identifier + " (expected: one of a message)");
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IllegalArgumentException("properties: cut off or unknown (expected: whole ones of a message)", e);
        }
    }

    private static void skipString(ByteBuffer from) {
        int length = from.getShort() & UNSIGNED_SHORT;
        from.position(from.position() + length);
    }

    private static byte[] bytes(ByteBuffer from) {
        byte[] bytes = new byte[from.getShort() & UNSIGNED_SHORT];
        from.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer from) {
        return new String(bytes(from), UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Properties that && expiresAt == that.expiresAt && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(encoded), expiresAt);
    }

    @Override
    public String toString() {
        return encoded.length + " bytes of properties"
                + (expiresAt == Long.MAX_VALUE ? "" : ", expires at " + expiresAt + " ms");
    }

    /** Puts properties together. */
    public static final class Builder {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private long expiry = Long.MAX_VALUE;

        /** Nothing yet. */
        public Builder() {}

        /** The payload is UTF-8. */
        public Builder text() {
            return payloadFormat(1);
        }

        /** 0: bytes, 1: the payload is UTF-8. */
        public Builder payloadFormat(int indicator) {
            out.write(PAYLOAD_FORMAT);
            out.write(indicator);
            return this;
        }

        /** 0..65535 bytes of UTF-8. */
        public Builder contentType(String type) {
            return string(CONTENT_TYPE, type.getBytes(UTF_8));
        }

        /** A topic name without wildcards. */
        public Builder responseTopic(String topic) {
            return string(RESPONSE_TOPIC, topic.getBytes(UTF_8));
        }

        /** 0..65535 bytes. */
        public Builder correlationData(byte[] data) {
            return string(CORRELATION_DATA, data);
        }

        /** One more; each 0..65535 bytes of UTF-8. */
        public Builder user(String name, String value) {
            string(USER_PROPERTY, name.getBytes(UTF_8));
            return raw(value.getBytes(UTF_8));
        }

        /** In milliseconds since the Unix epoch. */
        public Builder expiresAt(long millis) {
            expiry = millis;
            return this;
        }

        /** What was put together, or null when that is nothing. */
        public @Nullable Properties build() {
            return of(out.toByteArray(), expiry);
        }

        private Builder string(int identifier, byte[] value) {
            out.write(identifier);
            return raw(value);
        }

        private Builder raw(byte[] value) {
            if (value.length > UNSIGNED_SHORT) {
                throw new IllegalArgumentException(
                        "property: " + value.length + " bytes (expected: at most " + UNSIGNED_SHORT + ")");
            }
            out.write(value.length >>> Byte.SIZE);
            out.write(value.length);
            out.writeBytes(value);
            return this;
        }
    }
}
