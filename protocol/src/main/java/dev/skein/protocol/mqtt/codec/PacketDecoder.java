package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole packets that {@link PacketChecks} has let through, into Netty's messages. Netty's own decoder is not
 * used: it has bounds of its own, such as 32,767 bytes for the topic of a will, and gives null or an exception beyond
 * them. Keeps nothing.
 */
public final class PacketDecoder {
    /** The only one. */
    public static final PacketDecoder INSTANCE = new PacketDecoder();

    private static final String SERVED =
            "3 of MQIsdp, which is MQTT 3.1, or 4 or 5 of MQTT, which are MQTT 3.1.1 and MQTT 5";

    private static final int LEVEL_5 = 5;

    private PacketDecoder() {}

    /**
     * Reads one packet.
     *
     * @param type of the packet, as {@link FixedHeader#type} gives it; not PUBLISH and no acknowledgement
     * @param level of a CONNECT
     * @param body where its body begins
     * @param end where it ends
     * @return the packet; a CONNECT of a level that is not served has a {@code decoderResult} that says so
     */
    MqttMessage decode(int type, PacketChecks.Level level, ByteBuf in, int body, int end) {
        return switch (type) {
            case FixedHeader.PINGREQ -> MqttMessage.PINGREQ;
            case FixedHeader.DISCONNECT ->
                level == PacketChecks.Level.V5
                        ? withReason(MqttMessageType.DISCONNECT, new Fields(in, body), end)
                        : MqttMessage.DISCONNECT;
            case FixedHeader.AUTH -> withReason(MqttMessageType.AUTH, new Fields(in, body), end);
            case FixedHeader.CONNECT ->
                level == PacketChecks.Level.UNKNOWN
                        ? unknownLevel(new Fields(in, body))
                        : connect(new Fields(in, body), end - body);
            case FixedHeader.SUBSCRIBE -> subscribe(new Fields(in, body), end, level);
            case FixedHeader.UNSUBSCRIBE -> unsubscribe(new Fields(in, body), end, level);
            default -> throw new IllegalStateException("type: " + type + " (expected: one that passed its check)");
        };
    }

    private static MqttMessage unknownLevel(Fields fields) {
        MqttFixedHeader header = header(MqttMessageType.CONNECT, MqttQoS.AT_MOST_ONCE, 0);
        String name = fields.text();
        String text = FailureText.of("protocol level", fields.number(1) + " of " + name, SERVED);
        return MqttMessageFactory.newInvalidMessage(header, null, new MqttUnacceptableProtocolVersionException(text));
    }

    private static MqttMessage connect(Fields fields, int remaining) {
        String name = fields.text();
        int level = fields.number(1);
        int flags = fields.number(1);
        int keepAlive = fields.number(2);
        boolean five = level == LEVEL_5;
        MqttProperties properties = five ? fields.properties() : MqttProperties.NO_PROPERTIES;
        boolean will = (flags & PacketChecks.WILL) != 0;
        boolean user = (flags & PacketChecks.USER_NAME) != 0;
        boolean password = (flags & PacketChecks.PASSWORD) != 0;
        MqttConnectVariableHeader variable = new MqttConnectVariableHeader(
                name,
                level,
                user,
                password,
                will && (flags & PacketChecks.WILL_RETAIN) != 0,
                will ? (flags & PacketChecks.WILL_QOS) >> 3 : 0,
                will,
                (flags & PacketChecks.CLEAN_SESSION) != 0,
                keepAlive,
                properties);
        String clientId = fields.text();
        MqttProperties willProperties = will && five ? fields.properties() : MqttProperties.NO_PROPERTIES;
        @Nullable String willTopic = will ? fields.text() : null;
        byte @Nullable [] willMessage = will ? fields.bytes() : null;
        @Nullable String userName = user ? fields.text() : null;
        byte @Nullable [] secret = password ? fields.bytes() : null;
        return new MqttConnectMessage(
                header(MqttMessageType.CONNECT, MqttQoS.AT_MOST_ONCE, remaining),
                variable,
                new MqttConnectPayload(clientId, willProperties, willTopic, willMessage, userName, secret));
    }

    private static MqttMessage subscribe(Fields fields, int end, PacketChecks.Level level) {
        int remaining = end - fields.at;
        boolean five = level == PacketChecks.Level.V5;
        MqttMessageIdAndPropertiesVariableHeader id = fields.idAndProperties(five);
        List<MqttTopicSubscription> filters = new ArrayList<>();
        while (fields.at < end) {
            String filter = fields.text();
            int options = fields.number(1);
            filters.add(
                    five
                            ? new MqttTopicSubscription(filter, options(options))
                            : new MqttTopicSubscription(filter, MqttQoS.valueOf(options)));
        }
        return new MqttSubscribeMessage(
                header(MqttMessageType.SUBSCRIBE, MqttQoS.AT_LEAST_ONCE, remaining),
                id,
                new MqttSubscribePayload(filters));
    }

    /** Subscription Options (MQTT 5 section 3.8.3.1). */
    private static MqttSubscriptionOption options(int bits) {
        return new MqttSubscriptionOption(
                MqttQoS.valueOf(bits & 3),
                (bits & 4) != 0,
                (bits & 8) != 0,
                MqttSubscriptionOption.RetainedHandlingPolicy.valueOf(bits >> 4 & 3));
    }

    private static MqttMessage unsubscribe(Fields fields, int end, PacketChecks.Level level) {
        int remaining = end - fields.at;
        MqttMessageIdAndPropertiesVariableHeader id = fields.idAndProperties(level == PacketChecks.Level.V5);
        List<String> filters = new ArrayList<>();
        while (fields.at < end) {
            filters.add(fields.text());
        }
        return new MqttUnsubscribeMessage(
                header(MqttMessageType.UNSUBSCRIBE, MqttQoS.AT_LEAST_ONCE, remaining),
                id,
                new MqttUnsubscribePayload(filters));
    }

    /** DISCONNECT and AUTH of MQTT 5: what is left out is a reason code of 0 and no properties. */
    private static MqttMessage withReason(MqttMessageType type, Fields fields, int end) {
        int remaining = end - fields.at;
        byte code = fields.at < end ? (byte) fields.number(1) : 0;
        MqttProperties properties = fields.at < end ? fields.properties() : MqttProperties.NO_PROPERTIES;
        return new MqttMessage(
                header(type, MqttQoS.AT_MOST_ONCE, remaining),
                new MqttReasonCodeAndPropertiesVariableHeader(code, properties));
    }

    private static MqttFixedHeader header(MqttMessageType type, MqttQoS qos, int remaining) {
        return new MqttFixedHeader(type, false, qos, false, remaining);
    }

    /** Reads one field after another, without moving the reader index. */
    private static final class Fields {
        private final ByteBuf in;
        private int at;

        Fields(ByteBuf in, int at) {
            this.in = in;
            this.at = at;
        }

        int number(int bytes) {
            int value = bytes == 1 ? in.getUnsignedByte(at) : in.getUnsignedShort(at);
            at += bytes;
            return value;
        }

        MqttMessageIdAndPropertiesVariableHeader idAndProperties(boolean five) {
            int id = number(2);
            return new MqttMessageIdAndPropertiesVariableHeader(id, five ? properties() : MqttProperties.NO_PROPERTIES);
        }

        /** Properties of MQTT 5, section 2.2.2. */
        MqttProperties properties() {
            int length = variable();
            if (length == 0) {
                return MqttProperties.NO_PROPERTIES;
            }
            MqttProperties properties = new MqttProperties();
            MqttProperties.UserProperties users = new MqttProperties.UserProperties();
            for (int end = at + length; at < end; ) {
                int identifier = number(1);
                if (identifier == PropertyChecks.USER_PROPERTY) {
                    users.add(text(), text());
                } else {
                    properties.add(property(identifier));
                }
            }
            if (!users.value().isEmpty()) {
                properties.add(users);
            }
            return properties;
        }

        private MqttProperties.MqttProperty<?> property(int identifier) {
            return switch (identifier) {
                case PropertyChecks.PAYLOAD_FORMAT, PropertyChecks.REQUEST_PROBLEM, PropertyChecks.REQUEST_RESPONSE ->
                    new MqttProperties.IntegerProperty(identifier, number(1));
                case PropertyChecks.RECEIVE_MAXIMUM, PropertyChecks.TOPIC_ALIAS_MAXIMUM ->
                    new MqttProperties.IntegerProperty(identifier, number(2));
                case PropertyChecks.MESSAGE_EXPIRY,
                        PropertyChecks.SESSION_EXPIRY,
                        PropertyChecks.WILL_DELAY,
                        PropertyChecks.MAXIMUM_PACKET_SIZE -> {
                    int value = in.getInt(at); // unsigned: who reads it widens it
                    at += Integer.BYTES;
                    yield new MqttProperties.IntegerProperty(identifier, value);
                }
                case PropertyChecks.SUBSCRIPTION_IDENTIFIER ->
                    new MqttProperties.IntegerProperty(identifier, variable());
                case PropertyChecks.CORRELATION_DATA, PropertyChecks.AUTHENTICATION_DATA ->
                    new MqttProperties.BinaryProperty(identifier, bytes());
                default -> new MqttProperties.StringProperty(identifier, text());
            };
        }

        private int variable() {
            int value = PropertyChecks.length(in, at);
            while (in.getByte(at) < 0) {
                at++;
            }
            at++;
            return value;
        }

        String text() {
            int length = number(2);
            String text = in.toString(at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }

        byte[] bytes() {
            byte[] bytes = new byte[number(2)];
            in.getBytes(at, bytes);
            at += bytes.length;
            return bytes;
        }
    }
}
