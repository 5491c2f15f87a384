package dev.skein.loadtest;

import dev.skein.protocol.topic.SharedFilters;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** As much of a broker as the load tester needs, on real sockets and one thread, and with faults on demand. */
final class TinyBroker implements AutoCloseable {
    /** What the broker does wrong, at every 10th delivery to a subscriber where not said otherwise. */
    enum Fault {
        NONE,
        LOSES,
        DUPLICATES,
        REORDERS,
        TRUNCATES,
        DISCONNECTS,
        /** Never answers PUBLISH. */
        KEEPS_ACKNOWLEDGEMENTS,
        REFUSES_CONNECT,
        REFUSES_SUBSCRIBE,
        /** Answers with PUBACK whatever the identifier. */
        ACKNOWLEDGES_TWICE,
        /** MQTT 5: delivers without the properties of the message. */
        DROPS_PROPERTIES,
        /** MQTT 5: closes with a reason. */
        SAYS_DISCONNECT
    }

    private static final int EVERY = 10; // below the default window, so the first burst meets it
    private static final int LARGEST = 1 << 20;
    private static final int RECEIVE_MAXIMUM = 5;

    private final Fault fault;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Set<String> peers = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> turns = new HashMap<>();
    private final AtomicLong byAlias = new AtomicLong();

    private TinyBroker(Fault fault, @Nullable SslContext tls) {
        this.fault = fault;
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        peers.add(channel.remoteAddress().getAddress().getHostAddress());
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new MqttDecoder(LARGEST), MqttEncoder.INSTANCE, new Client());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    static TinyBroker start(Fault fault) {
        return new TinyBroker(fault, null);
    }

    static TinyBroker startTls(SslContext tls) {
        return new TinyBroker(Fault.NONE, tls);
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Client identifiers of stored sessions. */
    Set<String> sessions() {
        return Set.copyOf(sessions);
    }

    /** Client identifiers and topics that were ever used. */
    Set<String> seen() {
        return Set.copyOf(seen);
    }

    /** Messages whose topic an alias told. */
    long byAlias() {
        return byAlias.get();
    }

    /** Addresses that clients came from. */
    Set<String> peers() {
        return Set.copyOf(peers);
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private record Subscription(String asked, String filter, MqttQoS qos, Client client) {
        static Subscription of(String asked, MqttQoS qos, Client client) {
            return new Subscription(asked, SharedFilters.matched(asked), qos, client);
        }

        boolean isShared() {
            return SharedFilters.isShared(asked);
        }

        boolean matches(String topic) {
            return filter.equals(topic)
                    || (filter.endsWith("/+")
                            && topic.startsWith(filter.substring(0, filter.length() - 1))
                            && topic.indexOf('/', filter.length() - 1) < 0);
        }
    }

    private final class Client extends SimpleChannelInboundHandler<MqttMessage> {
        private @Nullable ChannelHandlerContext context;
        private final Map<String, Integer> counts = new HashMap<>();
        private @Nullable MqttMessage held;
        private int deliveries;
        private int lastId;
        private String aliased = "";

        @Override
        protected void channelRead0(ChannelHandlerContext reader, MqttMessage message) {
            context = reader;
            switch (message.fixedHeader().messageType()) {
                case CONNECT -> connect((MqttConnectMessage) message);
                case SUBSCRIBE -> subscribe((MqttSubscribeMessage) message);
                case PUBLISH -> publish((MqttPublishMessage) message);
                case PUBREC -> send(reply(MqttMessageType.PUBREL, message));
                case PUBREL -> send(reply(MqttMessageType.PUBCOMP, message));
                case PINGREQ -> send(new MqttMessage(header(MqttMessageType.PINGRESP)));
                case DISCONNECT -> close(reader);
                default -> counts.merge("acknowledged", 1, Integer::sum);
            }
        }

        private void connect(MqttConnectMessage message) {
            boolean refused = fault == Fault.REFUSES_CONNECT;
            String id = message.payload().clientIdentifier();
            seen.add(id);
            if (message.variableHeader().isCleanSession()) {
                sessions.remove(id);
            } else {
                sessions.add(id);
            }
            send(MqttMessageBuilders.connAck()
                    .returnCode(
                            refused
                                    ? MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED
                                    : MqttConnectReturnCode.CONNECTION_ACCEPTED)
                    .properties(limits())
                    .build());
        }

        /** Of MQTT 5; not written to clients of 3.1.1. */
        private static MqttProperties limits() {
            MqttProperties limits = new MqttProperties();
            limits.add(new IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM));
            limits.add(new IntegerProperty(MqttProperties.TOPIC_ALIAS_MAXIMUM, 1));
            return limits;
        }

        private void subscribe(MqttSubscribeMessage message) {
            var answer = MqttMessageBuilders.subAck()
                    .packetId(message.variableHeader().messageId());
            message.payload().topicSubscriptions().forEach(asked -> {
                subscriptions.add(Subscription.of(asked.topicFilter(), asked.qualityOfService(), this));
                answer.addGrantedQos(fault == Fault.REFUSES_SUBSCRIBE ? MqttQoS.FAILURE : asked.qualityOfService());
            });
            send(answer.build());
        }

        private void publish(MqttPublishMessage message) {
            String topic = topic(message);
            seen.add(topic);
            Map<String, List<Subscription>> shares = new HashMap<>();
            for (Subscription subscription : List.copyOf(subscriptions)) {
                if (subscription.matches(topic) && subscription.isShared()) {
                    shares.computeIfAbsent(subscription.asked(), _ -> new ArrayList<>())
                            .add(subscription);
                } else if (subscription.matches(topic)) {
                    subscription.client().deliver(topic, subscription.qos(), message);
                }
            }
            shares.forEach((asked, members) -> {
                Subscription next = members.get(turns.merge(asked, 1, Integer::sum) % members.size());
                next.client().deliver(topic, next.qos(), message);
            });
            MqttQoS qos = message.fixedHeader().qosLevel();
            if (qos != MqttQoS.AT_MOST_ONCE && fault != Fault.KEEPS_ACKNOWLEDGEMENTS) {
                int id = message.variableHeader().packetId();
                send(acknowledgement(
                        qos == MqttQoS.AT_LEAST_ONCE ? MqttMessageType.PUBACK : MqttMessageType.PUBREC, id));
                if (fault == Fault.ACKNOWLEDGES_TWICE) {
                    send(acknowledgement(MqttMessageType.PUBACK, id));
                }
            }
        }

        private String topic(MqttPublishMessage message) {
            String topic = message.variableHeader().topicName();
            if (message.variableHeader().properties().getProperty(MqttProperties.TOPIC_ALIAS) == null) {
                return topic;
            }
            if (topic.isEmpty()) {
                byAlias.incrementAndGet();
            } else {
                aliased = topic;
            }
            return aliased;
        }

        /** What a delivery has of its message: all but the alias. */
        private static MqttProperties properties(MqttPublishMessage message) {
            MqttProperties properties = new MqttProperties();
            message.variableHeader().properties().listAll().stream()
                    .filter(property -> property.propertyId() != MqttProperties.TOPIC_ALIAS)
                    .forEach(properties::add);
            return properties;
        }

        private void deliver(String topic, MqttQoS qos, MqttPublishMessage message) {
            ByteBuf payload = message.payload();
            deliveries++;
            boolean faulty = deliveries % EVERY == 0;
            if (faulty && fault == Fault.LOSES) {
                return;
            }
            if (faulty && fault == Fault.DISCONNECTS && context != null) {
                close(context);
                return;
            }
            if (faulty && fault == Fault.SAYS_DISCONNECT && context != null) {
                send(new MqttMessage(
                        header(MqttMessageType.DISCONNECT),
                        new MqttReasonCodeAndPropertiesVariableHeader((byte) 0x8E, MqttProperties.NO_PROPERTIES)));
                close(context);
                return;
            }
            MqttProperties properties =
                    faulty && fault == Fault.DROPS_PROPERTIES ? MqttProperties.NO_PROPERTIES : properties(message);
            ByteBuf body = Unpooled.copiedBuffer(payload);
            if (faulty && fault == Fault.TRUNCATES) {
                body.writerIndex(body.writerIndex() - 1);
            }
            MqttMessage out = MqttMessageBuilders.publish()
                    .topicName(topic)
                    .qos(qos)
                    .messageId(nextId())
                    .payload(body)
                    .properties(properties)
                    .build();
            if (faulty && fault == Fault.REORDERS) {
                held = out;
                return;
            }
            send(out);
            if (held != null) {
                send(held);
                held = null;
            }
            if (faulty && fault == Fault.DUPLICATES) {
                send(MqttMessageBuilders.publish()
                        .topicName(topic)
                        .qos(qos)
                        .messageId(nextId())
                        .payload(Unpooled.copiedBuffer(payload))
                        .properties(properties)
                        .build());
            }
        }

        private int nextId() {
            lastId = lastId % 0xFFFF + 1;
            return lastId;
        }

        private void send(MqttMessage message) {
            if (context != null) {
                var unused = context.writeAndFlush(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext inactive) {
            subscriptions.removeIf(subscription -> subscription.client() == this);
            if (held instanceof MqttPublishMessage publish) {
                publish.release();
                held = null;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext caught, Throwable cause) {
            close(caught);
        }

        private static void close(ChannelHandlerContext context) {
            var unused = context.close();
        }
    }

    private static MqttMessage reply(MqttMessageType type, MqttMessage to) {
        return acknowledgement(type, ((MqttMessageIdVariableHeader) to.variableHeader()).messageId());
    }

    private static MqttMessage acknowledgement(MqttMessageType type, int id) {
        return new MqttMessage(header(type), MqttMessageIdVariableHeader.from(id));
    }

    private static MqttFixedHeader header(MqttMessageType type) {
        MqttQoS qos = type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE;
        return new MqttFixedHeader(type, false, qos, false, 0);
    }
}
