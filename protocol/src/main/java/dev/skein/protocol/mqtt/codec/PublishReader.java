package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;
import static dev.skein.protocol.message.Reason.TOPIC_ALIAS_INVALID;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.PacketChecks.Level;
import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads PUBLISH packets of one client, of each version. Knows the topic aliases that the client has set (MQTT 5 section
 * 3.3.2.3.4). Confined to the event loop of the client's channel.
 */
final class PublishReader {
    private final TopicNameCache topics;
    private final InstantSource clock;
    private int aliasMaximum;
    private @Nullable TopicName @Nullable [] aliases; // by alias; made with the first one

    /** @param clock tells when a message expires, whose packet says how long it is of use */
    PublishReader(TopicNameCache topics, InstantSource clock) {
        this.topics = topics;
        this.clock = clock;
    }

    /** How many topic aliases the client may use. */
    void aliasMaximum(int maximum) {
        aliasMaximum = maximum;
    }

    /** Reads the PUBLISH whose body is {@code body..end}; moves no index. */
    InboundPublish read(int firstByte, ByteBuf in, int body, int end, Level level) throws MalformedPacketException {
        int topicEnd = Strings.skip(in, body, end, "topic");
        int qos = FixedHeader.qos(firstByte);
        int packetId = 0;
        int at = topicEnd;
        if (qos > 0) {
            at = PacketChecks.packetId("PUBLISH", in, topicEnd, end);
            packetId = in.getUnsignedShort(topicEnd);
        }
        Properties properties = null;
        TopicName topic;
        if (level == Level.V5) {
            int next = PropertyChecks.check(in, at, end, PropertyChecks.Place.PUBLISH);
            int alias = 0;
            if (next > at + 1) { // else the length is 0
                int first = next - PropertyChecks.length(in, at);
                alias = alias(in, first, next);
                properties = properties(in, first, next);
            }
            topic = topic(in, body, topicEnd, alias);
            at = next;
        } else {
            topic = topics.get(in, body + Short.BYTES, topicEnd - body - Short.BYTES);
        }
        byte[] payload = new byte[end - at];
        in.getBytes(at, payload);
        boolean dup = qos > 0 && (firstByte & FixedHeader.DUP) != 0;
        boolean retain = (firstByte & FixedHeader.RETAIN) != 0;
        Content content = properties == null ? Content.of(payload) : new Content(payload, properties);
        return new InboundPublish(topic, content, qos, dup, retain, packetId);
    }

    /** The topic as it is spelled, or as its alias was spelled before; alias 0: there is none. */
    private TopicName topic(ByteBuf in, int body, int topicEnd, int alias) throws MalformedPacketException {
        int length = topicEnd - body - Short.BYTES;
        if (alias == 0 && length > 0) {
            return topics.get(in, body + Short.BYTES, length);
        }
        if (alias == 0) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "3.3.2.1", FailureText.of("topic", "", "at least one character, or an alias"));
        }
        if (alias > aliasMaximum) {
            throw new MalformedPacketException(
                    TOPIC_ALIAS_INVALID,
                    "MQTT-3.3.2-9",
                    FailureText.of("topic alias", alias, aliasMaximum == 0 ? "none" : "1.." + aliasMaximum));
        }
        @Nullable TopicName[] known = aliases;
        if (known == null) {
            known = new TopicName[aliasMaximum + 1];
            aliases = known;
        }
        if (length > 0) {
            TopicName topic = topics.get(in, body + Short.BYTES, length);
            known[alias] = topic;
            return topic;
        }
        TopicName topic = known[alias];
        if (topic == null) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "3.3.2.3.4", FailureText.of("topic alias", alias, "one that was set"));
        }
        return topic;
    }

    /** The topic alias among properties that were checked; 0: there is none. */
    private static int alias(ByteBuf in, int first, int end) throws MalformedPacketException {
        for (int at = first; at < end; ) {
            int identifier = in.getByte(at);
            if (identifier == PropertyChecks.TOPIC_ALIAS) {
                int alias = in.getUnsignedShort(at + 1);
                if (alias == 0) {
                    throw new MalformedPacketException(
                            TOPIC_ALIAS_INVALID, "MQTT-3.3.2-8", FailureText.of("topic alias", 0, "not 0"));
                }
                return alias;
            }
            at = PropertyChecks.skip(in, identifier, at + 1);
        }
        return 0;
    }

    /** What goes on to the receivers: all but the alias and the expiry, which is kept as a time. */
    private @Nullable Properties properties(ByteBuf in, int first, int end) {
        byte[] encoded = new byte[end - first];
        int length = 0;
        long expiresAt = Long.MAX_VALUE;
        for (int at = first; at < end; ) {
            int identifier = in.getByte(at);
            int next = PropertyChecks.skip(in, identifier, at + 1);
            if (identifier == PropertyChecks.MESSAGE_EXPIRY) {
                expiresAt = clock.millis() + TimeUnit.SECONDS.toMillis(in.getUnsignedInt(at + 1));
            } else if (identifier != PropertyChecks.TOPIC_ALIAS) {
                in.getBytes(at, encoded, length, next - at);
                length += next - at;
            }
            at = next;
        }
        return Properties.of(length == encoded.length ? encoded : Arrays.copyOf(encoded, length), expiresAt);
    }
}
