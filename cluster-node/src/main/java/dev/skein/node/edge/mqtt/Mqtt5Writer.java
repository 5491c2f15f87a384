package dev.skein.node.edge.mqtt;

import dev.skein.node.registry.Mqtt5Limits;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.Packet5Encoder;
import dev.skein.protocol.mqtt.codec.Packet5Encoder.Ack;
import dev.skein.protocol.mqtt.codec.PacketEncoder;
import dev.skein.protocol.mqtt.codec.PropertyBuffer;
import dev.skein.protocol.mqtt.codec.Publish5Encoder;
import dev.skein.protocol.mqtt.codec.Publish5Encoder.Extra;
import dev.skein.protocol.mqtt.codec.PublishEncoder;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** MQTT 5. Keeps the aliases of topics, and within what the client takes. */
final class Mqtt5Writer implements PacketWriter {
    /** Protocol level of MQTT 5. */
    static final int LEVEL = 5;

    /** A reason string is for people: so many characters say enough. */
    private static final int REASON_MAX = 256;

    /** CONNACK beside its properties. */
    private static final int CONNACK_BYTES = 5;

    private static final int ALIAS_BYTES = 3;
    private static final int[] NO_IDENTIFIERS = new int[0];
    private static final byte[] NO_TOPIC = new byte[2];
    private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

    private final ClientWishes wishes;
    private Limits limits;
    private final InstantSource clock;
    private final Supplier<@Nullable SubscriptionOptions> options;
    private @Nullable TopicAliases aliases; // with the first topic

    /**
     * What the node takes from a client, and tells it.
     *
     * @param receiveMaximum messages of QoS 1 and 2 that it has not acknowledged, 1..65535
     * @param packetBytes of the largest packet
     * @param aliasesFromClient topic aliases that the client may use
     * @param aliasesToClient topic aliases that the node uses, if the client takes them
     * @param serverReference where a client finds another server when this one stops; empty: it is not told
     * @param responseInformation what a client that asks for it is told of the topics of responses; empty: nothing
     */
    record Limits(
            int receiveMaximum,
            long packetBytes,
            int aliasesFromClient,
            int aliasesToClient,
            String serverReference,
            String responseInformation) {
        /** Those of a node that takes packets of this Remaining Length; MQTT 5 counts what stands before it too. */
        static Limits ofNode(
                int receiveMaximum, int remaining, int aliasesFromClient, int aliasesToClient, String serverReference) {
            return new Limits(
                    receiveMaximum,
                    remaining + 1L + PublishEncoder.lengthBytes(remaining),
                    aliasesFromClient,
                    aliasesToClient,
                    serverReference,
                    "");
        }

        /** The same for a client of an instance that has limits of its own. */
        Limits within(Mqtt5Limits ofInstance) {
            long bytes = ofInstance.packetBytes() == 0 ? packetBytes : Math.min(packetBytes, ofInstance.packetBytes());
            return new Limits(
                    receiveMaximum,
                    bytes,
                    Math.min(aliasesFromClient, ofInstance.topicAliases()),
                    aliasesToClient,
                    serverReference,
                    ofInstance.responseInformation());
        }

        /** The largest Remaining Length of a packet. */
        int remaining() {
            return (int) packetBytes - 1 - PublishEncoder.lengthBytes((int) packetBytes);
        }
    }

    /** @param options of the client's subscriptions, or null when none has any */
    Mqtt5Writer(
            ClientWishes wishes, Limits limits, InstantSource clock, Supplier<@Nullable SubscriptionOptions> options) {
        this.wishes = wishes;
        this.limits = limits;
        this.clock = clock;
        this.options = options;
    }

    /** One for a client that has asked for {@code wishes}, by the limits of the node. */
    static Mqtt5Writer of(ClientWishes wishes, EdgeShared shared, Supplier<@Nullable SubscriptionOptions> options) {
        return new Mqtt5Writer(
                wishes, shared.settings().limits5(), shared.delivery().clock(), options);
    }

    /** The limits of its client's instance are known: they hold for what is read, too. */
    void within(Mqtt5Limits ofInstance, MqttFramer framer) {
        limits = limits.within(ofInstance);
        framer.topicAliasMaximum(limits.aliasesFromClient());
        framer.maxPacketSize(Math.min(framer.maxPacketSize(), limits.remaining()));
    }

    @Override
    public boolean accepted(ByteBuf out, Welcome welcome) {
        PropertyBuffer properties = new PropertyBuffer();
        if (welcome.sessionExpiry() >= 0) {
            properties.sessionExpiry(welcome.sessionExpiry());
        }
        if (welcome.assigned() != null) {
            properties.assignedClientId(welcome.assigned());
        }
        if (welcome.keepAlive() >= 0) {
            properties.serverKeepAlive(welcome.keepAlive());
        }
        properties.receiveMaximum(limits.receiveMaximum());
        properties.maximumPacketSize(limits.packetBytes());
        if (limits.aliasesFromClient() > 0) {
            properties.topicAliasMaximum(limits.aliasesFromClient());
        }
        if (wishes.responseInformation() && !limits.responseInformation().isEmpty()) {
            properties.responseInformation(limits.responseInformation());
        }
        if (welcome.proof() != null) {
            welcome.proof().addTo(properties);
        }
        if (properties.size() + CONNACK_BYTES > wishes.maximumPacketSize()) {
            return false;
        }
        Packet5Encoder.connack(out, welcome.sessionPresent(), 0, properties);
        return true;
    }

    @Override
    public void refused(ByteBuf out, ConnectRefusal refusal, String detail) {
        Packet5Encoder.connack(out, false, refusal.code5(), reason(detail));
    }

    @Override
    public String describe(ConnectRefusal refusal) {
        return "reason code 0x" + Integer.toHexString(refusal.code5());
    }

    /** Left out when the packet would be more than the client takes [MQTT-3.2.2-19]. */
    private PropertyBuffer reason(String detail) {
        String text = detail.length() > REASON_MAX ? detail.substring(0, REASON_MAX) : detail;
        if (Character.isHighSurrogate(text.isEmpty() ? ' ' : text.charAt(text.length() - 1))) {
            text = text.substring(0, text.length() - 1);
        }
        PropertyBuffer properties = new PropertyBuffer().reasonString(text.replace('\0', ' '));
        return properties.size() + Long.BYTES > wishes.maximumPacketSize() ? new PropertyBuffer() : properties;
    }

    @Override
    public boolean fits(Message message, int qos) {
        return takes(message, qos, 0);
    }

    /** Whether the client takes its packet with so many bytes more. */
    private boolean takes(Message message, int qos, int more) {
        return wishes.maximumPacketSize() == UNSIGNED_INT
                || Publish5Encoder.size(message.topic().wire().length, message.content(), qos, extra(message, 0)) + more
                        <= wishes.maximumPacketSize();
    }

    @Override
    public void publish(ByteBuf out, Message message, int qos, boolean dup, boolean retain, int packetId) {
        byte[] topic = message.topic().wire();
        int alias = aliasMaximum() == 0 ? TopicAliases.NONE : aliases().find(message.topic());
        if (alias != TopicAliases.NONE) {
            topic = NO_TOPIC;
        } else if (aliasMaximum() > 0 && takes(message, qos, ALIAS_BYTES)) {
            alias = aliases().assign(message.topic());
        }
        SubscriptionOptions known = options.get();
        boolean shown = retain || (message.retain() && known != null && known.keepsRetain(message));
        int first = Publish5Encoder.firstByte(qos, dup, shown);
        Publish5Encoder.encode(out, first, topic, message.content(), packetId, extra(message, alias));
    }

    private int aliasMaximum() {
        return Math.min(wishes.aliasMaximum(), limits.aliasesToClient());
    }

    private TopicAliases aliases() {
        TopicAliases made = aliases;
        if (made == null) {
            made = new TopicAliases(aliasMaximum());
            aliases = made;
        }
        return made;
    }

    private Extra extra(Message message, int alias) {
        SubscriptionOptions known = options.get();
        int[] identifiers = known == null ? NO_IDENTIFIERS : known.identifiers(message);
        long expiresAt = message.content().expiresAt();
        if (alias == 0 && identifiers.length == 0 && expiresAt == Long.MAX_VALUE) {
            return Extra.NONE;
        }
        return new Extra(alias, remaining(expiresAt), identifiers);
    }

    /** What is left of the time that the publisher gave [MQTT-3.3.2-6], in seconds; -1: it has no end. */
    private long remaining(long expiresAt) {
        if (expiresAt == Long.MAX_VALUE) {
            return -1;
        }
        long millis = Math.max(0, expiresAt - clock.millis());
        long seconds = TimeUnit.MILLISECONDS.toSeconds(millis + 999);
        return Math.min(seconds, UNSIGNED_INT);
    }

    @Override
    public void puback(ByteBuf out, int packetId, int code) {
        Packet5Encoder.ack(out, Ack.PUBACK, packetId, code);
    }

    @Override
    public void pubrec(ByteBuf out, int packetId, int code) {
        Packet5Encoder.ack(out, Ack.PUBREC, packetId, code);
    }

    @Override
    public void pubrel(ByteBuf out, int packetId, int code) {
        Packet5Encoder.ack(out, Ack.PUBREL, packetId, code);
    }

    @Override
    public void pubcomp(ByteBuf out, int packetId, int code) {
        Packet5Encoder.ack(out, Ack.PUBCOMP, packetId, code);
    }

    @Override
    public void suback(ByteBuf out, int packetId, byte[] codes) {
        Packet5Encoder.suback(out, packetId, codes);
    }

    @Override
    public void unsuback(ByteBuf out, int packetId, byte[] codes) {
        Packet5Encoder.unsuback(out, packetId, codes);
    }

    @Override
    public void pingresp(ByteBuf out) {
        PacketEncoder.pingresp(out);
    }

    @Override
    public boolean auth(ByteBuf out, int code, AuthData data) {
        PropertyBuffer properties = new PropertyBuffer();
        data.addTo(properties);
        if (properties.size() + Long.BYTES > wishes.maximumPacketSize()) {
            return false;
        }
        Packet5Encoder.auth(out, code, properties);
        return true;
    }

    @Override
    public void disconnect(ByteBuf out, Reason reason, String detail) {
        int code = ReasonCodes.disconnect(reason);
        if (reason == Reason.SHUTDOWN && !limits.serverReference().isEmpty()) {
            PropertyBuffer elsewhere = new PropertyBuffer().serverReference(limits.serverReference());
            boolean fits = elsewhere.size() + Long.BYTES <= wishes.maximumPacketSize(); // [MQTT-3.1.2-24]
            Packet5Encoder.disconnect(out, ReasonCodes.USE_ANOTHER_SERVER, fits ? elsewhere : new PropertyBuffer());
        } else if (code != ReasonCodes.NONE) {
            Packet5Encoder.disconnect(out, code, reason(detail));
        }
    }
}
