package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.auth.ConnectAttempt;
import dev.skein.node.auth.EnhancedScheme;
import dev.skein.node.auth.Identity;
import dev.skein.node.claim.Claims;
import dev.skein.node.delivery.RecordedCommands;
import dev.skein.node.delivery.TestDelivery;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Will;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Enhanced authentication by a method that answers when a test says so: what comes early, late, twice or never. */
@Timeout(60)
class AuthExchangeTest {
    private static final int GO_ON = 0x18;
    private static final int AGAIN = 0x19;

    private final TestDelivery node = new TestDelivery(new RecordedCommands(), 1);
    private final EmbeddedChannel channel = node.channels.getFirst();
    private final List<String> said = new ArrayList<>();
    private final List<EnhancedScheme.Answer> asked = new ArrayList<>();
    private final MqttConnection connection = OneConnection.connection(
            OneConnection.shared(
                    node.delivery, Claims.create(node.kit.system(), node.delivery), new Asked(), new NoWills()),
            node.delivery.loops().getFirst());

    private final class Asked implements Authenticator, EnhancedScheme {
        @Override
        public void authenticate(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
            throw new AssertionError("asked without a method");
        }

        @Override
        public @Nullable EnhancedScheme enhanced(String method, ConnectAttempt attempt) {
            return method.equals(method()) ? this : null;
        }

        @Override
        public String method() {
            return "m";
        }

        @Override
        public Exchange begin(ConnectAttempt attempt) {
            said.add("begin " + (attempt.password() == null ? "without" : "with") + " password");
            return (data, answer) -> {
                said.add(new String(data, UTF_8));
                asked.add(answer);
            };
        }
    }

    private static final class NoWills implements WillPublisher {
        @Override
        public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> publish(SessionKey client, long connectionId, Will will) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> delay(SessionKey client, long connectionId, Will will, long seconds) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> drop(long connectionId) {
            return CompletableFuture.completedFuture(null);
        }
    }

    @AfterEach
    void close() {
        channel.releaseOutbound();
        node.close();
    }

    private static MqttProperties properties(@Nullable String method, @Nullable String data) {
        MqttProperties properties = new MqttProperties();
        if (method != null) {
            properties.add(new MqttProperties.StringProperty(MqttProperties.AUTHENTICATION_METHOD, method));
        }
        if (data != null) {
            properties.add(new MqttProperties.BinaryProperty(MqttProperties.AUTHENTICATION_DATA, data.getBytes(UTF_8)));
        }
        return properties;
    }

    private void connect(MqttProperties properties) {
        OneConnection.add(channel, connection, node.delivery.loops().getFirst());
        channel.writeInbound(MqttMessageBuilders.connect()
                .protocolVersion(MqttVersion.MQTT_5)
                .clientId("c")
                .cleanSession(true)
                .username("u")
                .password("p".getBytes(UTF_8))
                .properties(properties)
                .build());
        node.run();
    }

    private void connect() {
        connect(properties("m", "first"));
    }

    private void auth(int code, @Nullable String method, @Nullable String data) {
        send(
                MqttMessageType.AUTH,
                new MqttReasonCodeAndPropertiesVariableHeader((byte) code, properties(method, data)));
    }

    private void send(MqttMessageType type, @Nullable Object header) {
        channel.writeInbound(new MqttMessage(new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0), header));
        node.run();
    }

    private EnhancedScheme.Answer answer() {
        return asked.getLast();
    }

    private void more(String data) {
        answer().more(data.getBytes(UTF_8));
        node.run();
    }

    private void accept(String owner, String data) {
        answer().accepted(new Identity(TestDelivery.INSTANCE, "c", null, null, owner), data.getBytes(UTF_8));
        node.run();
    }

    private void refuse() {
        answer().refused(new AuthResult.Refused(AuthResult.Reason.BAD_CREDENTIALS, "test"));
        node.run();
    }

    private void connected() {
        connect();
        more("challenge");
        auth(GO_ON, "m", "last");
        accept("user:u", "proof");
        grant();
        assertThat(sent()).contains(hex("proof"));
    }

    private void grant() {
        long id = ((SessionCommand.Attach) node.sessions.receiveMessage().message())
                .connection()
                .id();
        connection.attachment().tell(new ConnectionEvent.Attached(id, false, null, 99));
        node.run();
    }

    /** Everything that was sent, in hexadecimal. */
    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            all.append(ByteBufUtil.hexDump(each));
            each.release();
        }
        return all.toString();
    }

    private static String hex(String text) {
        return ByteBufUtil.hexDump(text.getBytes(UTF_8));
    }

    private void assertClosed(String packet) {
        assertThat(sent()).startsWith(packet);
        assertThat(connection.isClosed()).isTrue();
    }

    /** CONNACK with a reason code and some reason string. */
    private void assertNotAdmitted(int code) {
        assertThat(sent()).matches("20..00" + Integer.toHexString(code) + ".*");
        assertThat(connection.isClosed()).isTrue();
        assertThat(node.delivery.attachments().connectionCount()).isZero();
    }

    private void assertDisconnected(int code) {
        assertThat(sent()).matches("e0.." + Integer.toHexString(code) + ".*");
        assertThat(connection.isClosed()).isTrue();
    }

    @Test // [MQTT-4.12.0-2], [MQTT-4.12.0-5]
    void anExchangeLeadsToConnackWithItsLastData() {
        connect();
        assertThat(sent()).isEmpty();
        more("challenge");
        assertThat(sent()).isEqualTo("f0121810" + "1500016d" + "160009" + hex("challenge"));
        auth(GO_ON, "m", "last");
        more("");
        assertThat(sent()).as("no data").isEqualTo("f0061804" + "1500016d");
        auth(GO_ON, "m", null);
        accept("user:u", "proof");
        grant();
        assertThat(sent()).startsWith("20").contains("1500016d" + "160005" + hex("proof"));
        assertThat(said).containsExactly("begin with password", "first", "last", "");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test // [MQTT-4.12.0-1]
    void anotherMethodIsNotServed() {
        connect(properties("n", "first"));
        assertNotAdmitted(0x8C);
        assertThat(said).isEmpty();
    }

    @Test // [MQTT-4.12.0-4]
    void whoIsRefusedClaimsNothing() {
        connect();
        more("challenge");
        sent();
        auth(GO_ON, "m", "last");
        refuse();
        assertNotAdmitted(0x86);
    }

    @Test // [MQTT-3.1.2-30]
    void otherPacketsMayNotComeBetween() {
        connect();
        more("challenge");
        sent();
        send(MqttMessageType.PINGREQ, null);
        assertNotAdmitted(0x82);
    }

    @Test
    void aDisconnectBetweenCloses() {
        connect();
        more("challenge");
        sent();
        send(MqttMessageType.DISCONNECT, null);
        assertClosed("");
        assertThat(sent()).isEmpty();
    }

    @Test
    void anAuthBeforeTheAnswerWaitsForIt() {
        connect();
        auth(GO_ON, "m", "early");
        assertThat(said).doesNotContain("early");
        more("challenge");
        assertThat(said).endsWith("early");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, AGAIN})
    void anotherReasonCodeIsAProtocolError(int code) {
        connect();
        more("challenge");
        sent();
        auth(code, "m", "last");
        assertNotAdmitted(0x82);
    }

    @Test // [MQTT-4.12.0-5]
    void anotherMethodThanThatOfConnectIsAProtocolError() {
        connect();
        more("challenge");
        sent();
        auth(GO_ON, "n", "last");
        assertNotAdmitted(0x82);
    }

    @Test
    void noMethodIsAProtocolErrorToo() {
        connect();
        more("challenge");
        sent();
        auth(GO_ON, null, null);
        assertNotAdmitted(0x82);
    }

    @Test
    void answersForAClientThatHasGoneAreForNobody() {
        connect();
        EnhancedScheme.Answer answer = answer();
        channel.pipeline().fireChannelInactive();
        node.run();
        answer.waits();
        answer.more(new byte[] {1});
        answer.accepted(new Identity(TestDelivery.INSTANCE, "c", null, null, "user:u"), new byte[] {1});
        answer.refused(new AuthResult.Refused(AuthResult.Reason.BAD_CREDENTIALS, "test"));
        node.run();
        assertThat(sent()).isEmpty();
        assertThat(node.delivery.attachments().connectionCount()).isZero();
    }

    @Test // [MQTT-3.1.2-24]
    void anAuthThatIsTooLargeIsNotSent() {
        MqttProperties properties = properties("m", "first");
        properties.add(new MqttProperties.IntegerProperty(MqttProperties.MAXIMUM_PACKET_SIZE, 100));
        connect(properties);
        more("x".repeat(100));
        assertThat(sent()).isEmpty();
        assertThat(connection.isClosed()).isTrue();
    }

    @Test // [MQTT-4.12.1-1]
    void aClientAuthenticatesAgainWhileItsPacketsAreAnswered() {
        connected();
        auth(AGAIN, "m", "again");
        send(MqttMessageType.PINGREQ, null);
        assertThat(sent()).isEqualTo("d000");
        more("challenge");
        assertThat(sent()).isEqualTo("f0121810" + "1500016d" + "160009" + hex("challenge"));
        send(MqttMessageType.PINGREQ, null);
        auth(GO_ON, "m", "last again");
        accept("user:u", "proof");
        assertThat(sent()).isEqualTo("d000" + "f00e000c" + "1500016d" + "160005" + hex("proof"));
        assertThat(said).endsWith("begin without password", "again", "last again");
        auth(AGAIN, "m", "once more");
        assertThat(said).endsWith("begin without password", "once more");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void anotherIdentityThanBeforeIsRefused() {
        connected();
        auth(AGAIN, "m", "again");
        accept("user:other", "proof");
        assertDisconnected(0x87);
    }

    @Test // [MQTT-4.12.1-2]
    void whoFailsToAuthenticateAgainIsClosed() {
        connected();
        auth(AGAIN, "m", "again");
        refuse();
        assertDisconnected(0x87);
    }

    @Test
    void answersForAConnectionThatHasClosedMeanwhileAreForNobody() {
        connected();
        auth(AGAIN, "m", "again");
        send(MqttMessageType.DISCONNECT, null);
        more("challenge");
        accept("user:u", "proof");
        refuse();
        assertThat(sent()).isEmpty();
    }

    @Test // [MQTT-4.12.0-7]
    void toGoOnThatNobodyAskedForIsAProtocolError() {
        connected();
        auth(GO_ON, "m", "last");
        assertDisconnected(0x82);
    }

    @ParameterizedTest
    @ValueSource(ints = {GO_ON, AGAIN})
    void anAuthBeforeTheAnswerIsAProtocolErrorOnceConnected(int code) {
        connected();
        auth(AGAIN, "m", "again");
        auth(code, "m", "twice");
        assertDisconnected(0x82);
        assertThat(said).doesNotContain("twice");
    }

    @Test // [MQTT-4.12.1-1]
    void anotherMethodToAuthenticateAgainIsAProtocolError() {
        connected();
        auth(AGAIN, "n", "again");
        assertDisconnected(0x82);
    }
}
