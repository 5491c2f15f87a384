package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult;
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
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From CONNECT to CONNACK: every answer that it waits for comes early, late, twice or never. */
@Timeout(60)
class ConnectPhaseTest {
    private final TestDelivery node = new TestDelivery(new RecordedCommands(), 1);
    private final EmbeddedChannel channel = node.channels.getFirst();
    private final List<Consumer<AuthResult>> asked = new ArrayList<>();
    private final Wills wills = new Wills();
    private final MqttConnection connection = OneConnection.connection(
            OneConnection.shared(
                    node.delivery,
                    Claims.create(node.kit.system(), node.delivery),
                    (_, _, done) -> asked.add(done),
                    wills),
            node.delivery.loops().getFirst());

    private static final class Wills implements WillPublisher {
        private final List<String> heard = new ArrayList<>();
        private final CompletableFuture<Void> kept = new CompletableFuture<>();

        @Override
        public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
            heard.add("keep " + will.topic());
            return kept;
        }

        @Override
        public CompletionStage<Void> publish(SessionKey client, long connectionId, Will will) {
            heard.add("publish " + will.topic());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> delay(SessionKey client, long connectionId, Will will, long seconds) {
            return publish(client, connectionId, will);
        }

        @Override
        public CompletionStage<Void> drop(long connectionId) {
            heard.add("drop");
            return CompletableFuture.completedFuture(null);
        }
    }

    @AfterEach
    void close() {
        channel.releaseOutbound();
        node.close();
    }

    private void connect(UnaryOperator<MqttMessageBuilders.ConnectBuilder> more) {
        OneConnection.add(channel, connection, node.delivery.loops().getFirst());
        channel.writeInbound(more.apply(MqttMessageBuilders.connect()
                        .protocolVersion(MqttVersion.MQTT_3_1_1)
                        .clientId("c")
                        .cleanSession(true))
                .build());
        node.run();
    }

    private void connect() {
        connect(builder -> builder);
    }

    private void connectWithWill() {
        connect(builder -> builder.willFlag(true).willTopic("w/t").willMessage(new byte[] {'x'}));
    }

    private void accept() {
        asked.getFirst()
                .accept(new AuthResult.Accepted(new Identity(TestDelivery.INSTANCE, "c", null, null, "anonymous")));
        node.run();
    }

    private SessionCommand told() {
        return node.sessions.receiveMessage().message();
    }

    private long claimed() {
        return ((SessionCommand.Attach) told()).connection().id();
    }

    private void answer(ConnectionEvent event) {
        connection.attachment().tell(event);
        node.run();
    }

    private static ConnectionEvent attached(long id) {
        return new ConnectionEvent.Attached(id, false, null, 99);
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

    private void assertRefused(int code) {
        assertThat(sent()).isEqualTo("2002000" + code);
        assertThat(connection.isClosed()).isTrue();
    }

    @Test // [MQTT-3.1.3-8]
    void anEmptyClientIdNeedsACleanSession() {
        connect(builder -> builder.clientId("").cleanSession(false));
        assertRefused(2);
        assertThat(asked).isEmpty();
    }

    @Test
    void nobodyIsLetInWhileThereIsNoMemory() {
        node.delivery.pressure().alarm("heap 99 %");
        connect();
        assertRefused(3);
        assertThat(asked).isEmpty();
        assertThat(node.metrics.scrape())
                .contains("skein_connects_refused_total{listener=\"mqtt\",reason=\"node_memory_full\"} 1");
    }

    @Test // [MQTT-3.1.3-6]
    void aClientWithoutAClientIdClaimsOneThatItIsGiven() {
        connect(builder -> builder.clientId(""));
        asked.getFirst()
                .accept(new AuthResult.Accepted(new Identity(TestDelivery.INSTANCE, "", null, null, "anonymous")));
        node.run();
        answer(attached(claimed()));
        assertThat(sent()).isEqualTo("20020000");
        assertThat(Objects.requireNonNull(connection.attachment().key()).clientId())
                .startsWith("skein-");
    }

    @Test
    void whoIsAcceptedClaimsItsClientIdAndIsConnectedOnceThatIsGranted() {
        connect();
        assertThat(node.delivery.attachments().connectionCount()).isZero();
        accept();
        long id = claimed();
        assertThat(sent()).isEmpty();
        answer(attached(id));
        answer(attached(id));
        assertThat(sent()).isEqualTo("20020000");
        assertThat(connection.isClosed()).isFalse();
    }

    @Test
    void whoIsNotAcceptedClaimsNothing() {
        connect();
        asked.getFirst().accept(new AuthResult.Refused(AuthResult.Reason.BAD_CREDENTIALS, "test"));
        node.run();
        assertRefused(4);
        assertThat(node.delivery.attachments().connectionCount()).isZero();
    }

    @Test
    void anAcceptanceThatComesWhenTheClientHasGoneClaimsNothing() {
        connect();
        channel.pipeline().fireChannelInactive();
        accept();
        assertThat(node.delivery.attachments().connectionCount()).isZero();
        assertThat(sent()).isEmpty();
    }

    @Test
    void aClientThatGoesBeforeItIsGrantedTakesItsClaimBack() {
        connect();
        accept();
        long id = claimed();
        channel.pipeline().fireChannelInactive();
        node.run();
        assertThat(told()).isEqualTo(SessionCommand.Detach.of(id));
        answer(attached(id));
        assertThat(node.delivery.attachments().clients()).isEmpty();
        assertThat(node.delivery.attachments().connectionCount()).isZero();
    }

    @Test
    void aClientIdThatIsInUseIsRefused() {
        connect();
        accept();
        answer(new ConnectionEvent.Refused(claimed(), ConnectionEvent.Refusal.IN_USE, null));
        assertRefused(2);
    }

    @Test
    void aWillIsKeptBeforeTheClientIdIsClaimed() {
        connectWithWill();
        accept();
        assertThat(wills.heard).containsExactly("keep w/t");
        wills.kept.complete(null);
        node.run();
        answer(attached(claimed()));
        assertThat(sent()).isEqualTo("20020000");
        assertThat(wills.heard).containsExactly("keep w/t");
    }

    @Test
    void aClientWhoseWillIsNotKeptIsRefused() {
        connectWithWill();
        accept();
        wills.kept.completeExceptionally(new IllegalStateException("test"));
        node.run();
        assertRefused(3);
    }

    @Test
    void aWillThatIsKeptWhenItsClientHasGoneIsForgotten() {
        connectWithWill();
        accept();
        channel.pipeline().fireChannelInactive();
        node.run();
        wills.kept.complete(null);
        node.run();
        assertThat(wills.heard).contains("drop").doesNotContain("publish w/t");
        assertThat(node.delivery.attachments().clients()).isEmpty();
    }

    @Test
    void theWillOfAClientThatIsRefusedIsForgotten() {
        connectWithWill();
        accept();
        wills.kept.complete(null);
        node.run();
        answer(new ConnectionEvent.Refused(claimed(), ConnectionEvent.Refusal.BUSY, null));
        assertRefused(3);
        assertThat(wills.heard).containsExactly("keep w/t", "drop");
    }

    @Test // [MQTT-3.1.0-2]
    void aSecondConnectClosesTheConnection() {
        connect();
        channel.writeInbound(MqttMessageBuilders.connect()
                .protocolVersion(MqttVersion.MQTT_3_1_1)
                .clientId("d")
                .build());
        accept();
        answer(attached(claimed()));
        assertThat(connection.isClosed()).isTrue();
        assertThat(asked).hasSize(1);
    }
}
