package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection tells the actor of its session, wherever that is. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionPhaseTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    /** With the default of skein.mqtt.max-packet-size. */
    private static final int FRAME_MAX = 2 * OneConnection.PACKET_MAX;
    /** Of 7 or 8 characters: a packet of 1.01 MB, and 2.2 MB as one message to another node. */
    private static final int FILTERS = 10_000;

    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final OneConnection one = new OneConnection(stores.messages());

    @AfterEach
    void stop() {
        one.close();
        stores.close();
    }

    private static MqttSubscribeMessage subscribe() {
        MqttMessageBuilders.SubscribeBuilder packet =
                MqttMessageBuilders.subscribe().messageId(1);
        for (int i = 0; i < FILTERS; i++) {
            packet.addSubscription(MqttQoS.AT_LEAST_ONCE, "a/" + (10_000 + i));
        }
        return packet.build();
    }

    @Test
    void aPacketOfManyShortFiltersGoesToTheSessionInMessagesThatFitAFrameAndIsAcknowledgedOnce() {
        var serialization = SerializationExtension.get(one.kit.system());
        one.channel.writeInbound(subscribe());
        List<String> told = new ArrayList<>();
        while (told.size() < FILTERS) {
            var said =
                    (SessionCommand.Subscribe) one.sessions.receiveMessage(LONG).message();
            assertThat(serialization.serialize(said).get()).hasSizeLessThan(FRAME_MAX / 2);
            said.subscriptions().forEach(each -> told.add(each.filter()));
            one.channel.runPendingTasks();
            assertThat(one.channel.<ByteBuf>readOutbound()).isNull();
            one.connection.attachment().tell(new ConnectionEvent.Subscribed(1, said.request()));
            one.channel.runPendingTasks();
        }

        assertThat(told).hasSize(FILTERS).doesNotHaveDuplicates();
        assertThat(one.connection.subscriptions().count()).isEqualTo(FILTERS);
        ByteBuf suback = one.channel.readOutbound();
        assertThat(suback.readableBytes()).isGreaterThan(FILTERS);
        suback.release();
        one.sessions.expectNoMessage(Duration.ZERO);
    }
}
