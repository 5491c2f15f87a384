package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.delivery.RecordedCommands;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one publisher feels while the memory of the node is nearly used up. */
class MemoryPressureTest {
    private static final String FIRST = "32 08 0003 742f31 0001 78";
    private static final String SECOND = "32 08 0003 742f31 0002 78";
    private static final String QOS_0 = "30 06 0003 742f31 78";
    private static final String REMOVAL = "33 07 0003 742f31 0003";
    private static final String PINGREQ = "c0 00";
    private static final String NOT_ACKNOWLEDGED = "";

    private final OneConnection one = new OneConnection(new RecordedCommands());

    @BeforeEach
    void open() {
        one.node.open("t");
        sent();
    }

    @AfterEach
    void close() {
        one.channel.releaseOutbound();
        one.close();
    }

    private void publish(String hex) {
        one.channel.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))));
        one.node.run();
    }

    private void pressure(boolean on) {
        one.delivery.pressure().alarm(on ? "heap 99 %" : null);
        one.node.run();
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf each = one.channel.readOutbound(); each != null; each = one.channel.readOutbound()) {
            all.append(ByteBufUtil.hexDump(each));
            each.release();
        }
        return all.toString();
    }

    @Test
    void publisherAtQos1WaitsAndGoesOnInOrder() {
        pressure(true);
        publish(FIRST);
        publish(SECOND);
        assertThat(sent()).isEqualTo(NOT_ACKNOWLEDGED);
        pressure(false);
        assertThat(sent()).isEqualTo("40020001" + "40020002");
    }

    @Test
    void publisherThatWaitsIsAnsweredAndWaitsOnWhenOthersAreForgotten() {
        pressure(true);
        publish(FIRST);
        publish(PINGREQ);
        assertThat(sent()).isEqualTo("d000");
        one.delivery.pressure().sweep();
        one.node.run();
        assertThat(sent()).isEqualTo(NOT_ACKNOWLEDGED);
        pressure(false);
        assertThat(sent()).isEqualTo("40020001");
    }

    @Test
    void alarmThatComesBackAtOnceHoldsThoseThatStillWait() {
        pressure(true);
        publish(FIRST);
        one.delivery.pressure().alarm(null);
        one.delivery.pressure().alarm("heap 99 %");
        one.node.run();
        assertThat(sent()).isEqualTo(NOT_ACKNOWLEDGED);
        pressure(false);
        assertThat(sent()).isEqualTo("40020001");
    }

    @Test
    void messageOfQos0IsDroppedAndCounted() {
        pressure(true);
        publish(QOS_0);
        publish(PINGREQ);
        assertThat(sent()).isEqualTo("d000");
        assertThat(one.node.metrics.scrape())
                .contains(
                        "skein_deliveries_dropped_total{mqtt_instance=\"default\",parent_topic=\"t\",reason=\"memory\"} 1");
        pressure(false);
        publish(QOS_0);
        assertThat(one.node.metrics.scrape()).contains("reason=\"memory\"} 1");
    }

    /** It makes room. */
    @Test
    void removalOfARetainedMessageDoesNotWait() {
        pressure(true);
        publish(REMOVAL);
        assertThat(one.loop.ingress().retained().bytes()).isPositive(); // on its way to its router
        assertThat(one.connection.intake().waitingPackets()).isNullOrEmpty();
    }

    /**
     * Its acknowledgements would stand behind what it publishes, and what waits for them may be what fills the memory.
     */
    @Test
    void publisherThatIsNotReadAnyMoreIsClosedAtLast() {
        pressure(true);
        publish("32 87 80 20 0003 742f31 0001".replace(" ", "") + "78".repeat(512 * 1024));
        one.connection.checkDeadlines(System.nanoTime());
        assertThat(one.connection.isClosed()).isFalse();
        one.connection.checkDeadlines(System.nanoTime() + 2 * OneConnection.LONG.toNanos());
        assertThat(one.connection.isClosed()).isTrue();
    }

    @Test
    void publisherThatIsReadWaitsAsLongAsItTakes() {
        pressure(true);
        publish(FIRST);
        one.connection.checkDeadlines(System.nanoTime() + 2 * OneConnection.LONG.toNanos());
        assertThat(one.connection.isClosed()).isFalse();
        pressure(false);
        assertThat(sent()).isEqualTo("40020001");
    }

    @Test
    void publisherThatGoesAwayWhileItWaitsIsGone() {
        pressure(true);
        publish(FIRST);
        one.channel.pipeline().fireChannelInactive();
        one.node.run();
        assertThat(one.connection.isClosed()).isTrue();
        pressure(false);
        assertThat(sent()).isEqualTo(NOT_ACKNOWLEDGED);
    }
}
