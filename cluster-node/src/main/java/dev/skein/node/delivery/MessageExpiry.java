package dev.skein.node.delivery;

import dev.skein.node.registry.Mqtt5Limits;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import java.time.InstantSource;

/** Keeps the expiry of messages within what their instance allows. */
public final class MessageExpiry {
    private MessageExpiry() {}

    /** The content with the expiry that counts; the same object when its own does. */
    public static Content within(Content content, Mqtt5Limits limits, InstantSource clock) {
        Properties properties = content.properties();
        long expiresAt = content.expiresAt();
        boolean bounded = !limits.messageExpiryMin().isZero()
                || !limits.messageExpiryMax().isZero();
        if (properties == null || expiresAt == Long.MAX_VALUE || !bounded) {
            return content;
        }
        long now = clock.millis();
        long least = now + limits.messageExpiryMin().toMillis();
        long most = limits.messageExpiryMax().isZero()
                ? Long.MAX_VALUE
                : now + limits.messageExpiryMax().toMillis();
        long counts = Math.min(Math.max(expiresAt, least), most);
        return counts == expiresAt ? content : new Content(content.payload(), properties.expiringAt(counts));
    }
}
