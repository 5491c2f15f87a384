package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one connection holds, and what comes of a client that does not take its answers. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HoldingsTest {
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final OneConnection one = new OneConnection(stores.messages());

    @AfterEach
    void stop() {
        one.channel.releaseOutbound();
        one.close();
        stores.close();
    }

    private void writable(boolean writable) {
        one.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        one.channel.runPendingTasks();
    }

    private boolean isRead() {
        return one.channel.config().isAutoRead();
    }

    @Test
    void clientThatDoesNotTakeItsAnswersIsNotReadUntilItDoes() {
        assertThat(isRead()).isTrue();

        writable(false);
        assertThat(isRead()).isFalse();

        writable(true);
        assertThat(isRead()).isTrue();
    }

    @Test
    void parkedConnectionIsNotReadWhenItsClientTakesAnswersAgain() {
        writable(false);
        one.connection.intake().park();
        writable(true);
        assertThat(isRead()).isFalse();

        one.connection.intake().unpark();
        assertThat(isRead()).isTrue();
    }

    /** A publisher that is held back again and again held ever more by this count, and was closed at last. */
    @Test
    void packetsThatWaitAgainCountOnce() {
        Holdings holdings = one.connection.holdings();
        WaitingPackets waiting = new WaitingPackets(one.connection.context(), holdings);
        waiting.add(publish());
        waiting.add(publish());
        holdings.waits();
        long two = holdings.bytes();
        for (int i = 0; i < 1000; i++) {
            waiting.addFirst(waiting.remove());
        }
        assertThat(holdings.bytes()).isEqualTo(two);

        waiting.remove();
        waiting.remove();
        assertThat(holdings.bytes()).isLessThan(two / 2);
    }

    private static InboundPublish publish() {
        return new InboundPublish(TopicName.of("a/b"), Content.of(new byte[10_000]), 1, false, false, 1);
    }

    @Test
    void clientThatTakesNothingForTheStallTimeoutIsClosedThoughItsKeepAliveIsZero() {
        long begin = System.nanoTime();
        long max = OneConnection.LONG.toNanos();
        writable(false);
        one.connection.checkDeadlines(begin);
        one.connection.checkDeadlines(begin + max);
        assertThat(one.connection.isClosed()).isFalse();

        writable(true); // it takes some, and stops again
        writable(false);
        one.connection.checkDeadlines(begin + max + 1);
        one.connection.checkDeadlines(begin + 2 * max);
        assertThat(one.connection.isClosed()).isFalse();

        one.connection.checkDeadlines(begin + 2 * max + 2);
        assertThat(one.connection.isClosed()).isTrue();
    }

    @Test
    void packetsThatWaitCountUntilTheyAreHandled() {
        one.connection.intake().park();
        one.channel.writeInbound(
                new InboundPublish(TopicName.of("a"), Content.of(new byte[100_000]), 0, false, false, 0));
        one.channel.writeInbound(MqttMessage.PINGREQ);
        assertThat(one.connection.holdings().bytes()).isBetween(100_000L, 101_000L);
        assertThat(one.delivery.memory().used()).isBetween(100_000L, 101_000L);

        one.connection.close(Reason.KICKED, "test");
        one.channel.runPendingTasks();
        assertThat(one.connection.holdings().bytes()).isZero();
        assertThat(one.delivery.memory().used()).isZero();
    }

    @Test
    void bodyOfALiveMessageCountsOnceHoweverManyItWaitsFor() {
        Message message = AnyMessage.of("default", TopicName.of("a"), new byte[100_000], 0, false);
        Holdings other = new Holdings(one.loop.memory());
        writable(false);
        one.connection.attachment().deliver(message, 0);
        other.queue(message);
        assertThat(one.connection.holdings().bytes()).isBetween(100_000L, 101_000L);
        assertThat(other.bytes()).isBetween(100_000L, 101_000L);
        assertThat(one.delivery.memory().used()).isBetween(100_000L, 101_000L);

        writable(true); // it is sent
        assertThat(one.connection.holdings().bytes()).isZero();
        assertThat(one.delivery.memory().used()).isBetween(100_000L, 101_000L);

        other.unqueue(message);
        assertThat(one.delivery.memory().used()).isZero();
    }

    @Test
    void liveMessagesAreFreeWhenTheirConnectionEnds() {
        writable(false);
        one.connection
                .attachment()
                .deliver(AnyMessage.of("default", TopicName.of("a"), new byte[100_000], 0, false), 0);
        one.connection.close(Reason.KICKED, "test");

        assertThat(one.delivery.memory().used()).isZero();
    }

    @Test
    void theLargestHolderIsClosedWhenAllHoldTooMuch() {
        one.connection.holdings().takes(OneConnection.MEMORY_MAX + (1 << 20));
        assertThat(one.connection.isClosed()).as("in the middle of a read").isFalse();

        one.channel.pipeline().fireChannelReadComplete();
        assertThat(one.connection.isClosed()).isTrue();
        assertThat(one.delivery.memory().closed()).isEqualTo(1);

        one.channel.runPendingTasks();
        assertThat(one.delivery.memory().used()).isZero();
    }

    @Test
    void filtersOfACommonDeviceAreNotAccountedFor() {
        one.connection.holdings().keepFilters(2000);
        assertThat(one.connection.holdings().bytes()).isZero();

        one.connection.holdings().keepFilters(100_000);
        assertThat(one.connection.holdings().bytes()).isPositive();
    }

    @Test
    void subscriptionBeyondTheBytesOfFiltersIsRefused() {
        int length = 60_000;
        List<Subscription> held = new ArrayList<>();
        for (int bytes = 0; bytes <= OneConnection.FILTERS_MAX; bytes += length) {
            held.add(new Subscription("a/" + held.size() + "/" + "x".repeat(length), 1));
        }
        one.connection.subscriptions().restore(held, () -> {});

        one.channel.writeInbound(MqttMessageBuilders.subscribe()
                .messageId(1)
                .addSubscription(MqttQoS.AT_LEAST_ONCE, "one/more")
                .build());
        one.channel.runPendingTasks();

        ByteBuf suback = one.channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(suback)).isEqualTo("9003000180");
        suback.release();
    }
}
