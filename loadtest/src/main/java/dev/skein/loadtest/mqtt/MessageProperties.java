package dev.skein.loadtest.mqtt;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.mqtt.codec.Publish5Encoder.Extra;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT 5 properties of every message of a run: said by its publishers, and looked for in what is delivered.
 * Immutable.
 */
public final class MessageProperties {
    /** None, whatever the version. */
    public static final MessageProperties NONE = new MessageProperties(0, 0);

    /** User properties of a message that a run may ask for. */
    private static final int MOST_USER_PROPERTIES = 1000;

    private static final long MOST_SECONDS = 0xFFFF_FFFFL;
    private static final int[] NO_IDENTIFIERS = {};

    private final @Nullable Properties properties;
    /** The user properties as they are encoded; read by index only. */
    private final ByteBuf users;

    private final long expirySeconds;

    /**
     * Properties of a run.
     *
     * @param userProperties how many, 0..1000
     * @param expirySeconds message expiry, 1..4294967295; 0 for none
     */
    public MessageProperties(int userProperties, long expirySeconds) {
        if (userProperties < 0 || userProperties > MOST_USER_PROPERTIES) {
            throw new IllegalArgumentException(
                    "user properties: " + userProperties + " (expected: 0.." + MOST_USER_PROPERTIES + ")");
        }
        if (expirySeconds < 0 || expirySeconds > MOST_SECONDS) {
            throw new IllegalArgumentException(
                    "message expiry: " + expirySeconds + " (expected: 0.." + MOST_SECONDS + " seconds)");
        }
        Properties.Builder builder = new Properties.Builder();
        for (int i = 0; i < userProperties; i++) {
            builder.user("property-" + i, "value-" + i);
        }
        this.properties = builder.build();
        this.users = properties == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(properties.encoded());
        this.expirySeconds = expirySeconds;
    }

    /** Whether there is nothing to say. */
    public boolean isEmpty() {
        return properties == null && expirySeconds == 0;
    }

    /** Message expiry; 0 for none. */
    public long expirySeconds() {
        return expirySeconds;
    }

    Content content(byte[] payload) {
        return new Content(payload, properties);
    }

    Extra extra(int alias) {
        return new Extra(alias, expirySeconds == 0 ? -1 : expirySeconds, NO_IDENTIFIERS);
    }

    /**
     * Whether the properties of a delivered PUBLISH, which stand from {@code from} to {@code to}, are these: all user
     * properties in their order [MQTT-3.3.2-18], and an expiry that has not grown [MQTT-3.3.2-6].
     */
    public boolean fit(ByteBuf in, int from, int to) {
        int seen = 0;
        long expiry = Long.MAX_VALUE;
        int next;
        for (int at = from; at < to; at = next) {
            next = PropertyReader.next(in, at, to);
            switch (in.getByte(at)) {
                case PropertyReader.USER_PROPERTY -> {
                    int length = next - at;
                    if (seen + length > users.capacity() || !ByteBufUtil.equals(in, at, users, seen, length)) {
                        return false;
                    }
                    seen += length;
                }
                case PropertyReader.MESSAGE_EXPIRY -> expiry = in.getUnsignedInt(at + 1);
                default -> {}
            }
        }
        return seen == users.capacity() && (expirySeconds == 0 || expiry <= expirySeconds);
    }
}
