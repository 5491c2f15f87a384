package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.AnyMessage;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What event loops hand to one of them. */
@Timeout(60)
class InboxTest {
    private static final int LARGE = (int) Inbox.SLICE + 1;
    private static final int MANY = 200;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Inbox inbox = new Inbox(loop);
    private final HeldPublishers held = new HeldPublishers();
    private final UnderWay underWay = new UnderWay(held);
    private final CountDownLatch begin = new CountDownLatch(1);
    private final List<String> seen = new ArrayList<>();

    private final class Receiver implements Subscriber {
        private final String name;

        private Receiver(String name) {
            this.name = name;
        }

        @Override
        public int loop() {
            return 0;
        }

        @Override
        public void deliver(Message message, int qos) {
            seen.add(name + " " + message.topic().value());
            if (name.equals("fails")) {
                throw new IllegalStateException("as it should");
            }
        }
    }

    /** The loop does nothing until {@link #begin}. */
    @BeforeEach
    void hold() {
        loop.execute(() -> {
            try {
                begin.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void close() throws InterruptedException {
        begin.countDown();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }

    private static Message message(String topic, int bytes) {
        return AnyMessage.of("default", TopicName.of(topic), new byte[bytes], 1, false, new MessageId(1, 1));
    }

    private Outbox outbox(String topic, int bytes, String... receivers) {
        Outbox outbox = new Outbox(underWay);
        Subscriber[] to = List.of(receivers).stream().map(Receiver::new).toArray(Subscriber[]::new);
        outbox.add(message(topic, bytes), to, new byte[to.length]);
        return outbox;
    }

    private void drain() {
        begin.countDown();
        Waiting.until("all is delivered", inbox::isIdle);
    }

    @Test
    void orderIsKeptAndTasksRunBehindWhatWasAddedBeforeThem() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            String topic = Integer.toString(i);
            Outbox outbox = outbox(topic, i % 10 == 0 ? LARGE : 1, "a", "b");
            outbox.add(() -> seen.add("task " + topic));
            outbox.handOver(inbox);
            expected.addAll(List.of("a " + topic, "b " + topic, "task " + topic));
        }
        assertThat(inbox.isIdle()).isFalse();
        drain();
        assertThat(seen).containsExactlyElementsOf(expected);
        assertThat(inbox.isIdle()).isTrue();
    }

    @Test
    void eachReceiverGetsARunOfMessagesBeforeTheNextOneDoes() {
        Outbox outbox = new Outbox(underWay);
        Subscriber[] both = {new Receiver("a"), new Receiver("b")};
        Subscriber[] one = {both[0]};
        byte[] qos = {1, 1};
        byte[] others = {1, 1};
        outbox.add(message("1", 1), both, qos);
        outbox.add(message("2", 1), both, qos);
        outbox.add(message("3", 1), one, new byte[] {1});
        outbox.add(message("4", 1), both, qos);
        outbox.add(message("5", 1), both, others);
        outbox.handOver(inbox);
        drain();
        assertThat(seen).containsExactly("a 1", "a 2", "b 1", "b 2", "a 3", "a 4", "b 4", "a 5", "b 5");
        assertThat(underWay.isFull()).isFalse();
    }

    @Test
    void othersHaveTheirTurnBetweenTwoSlices() {
        outbox("1", LARGE, "a", "b", "c").handOver(inbox);
        loop.execute(() -> seen.add("a socket"));
        drain();
        assertThat(seen).containsExactly("a 1", "a socket", "b 1", "c 1");
    }

    @Test
    void aMessageCountsOnceForEachClientThatItIsWrittenTo() {
        String[] nine = IntStream.range(0, 9).mapToObj(Integer::toString).toArray(String[]::new);
        outbox("1", LARGE, nine).handOver(inbox);
        assertThat(underWay.blocks(false)).as("9 MiB are to be written").isTrue();
        assertThat(underWay.isFull()).as("1 MiB is in memory").isFalse();
        drain();
        assertThat(underWay.blocks(false)).isFalse();
        assertThat(held.any()).isFalse();
    }

    @Test
    void aReceiverThatFailsHoldsUpNobody() {
        outbox("1", 9 * LARGE, "fails", "a").handOver(inbox);
        outbox("2", 9 * LARGE, "b").handOver(inbox);
        assertThat(underWay.isFull()).isTrue();
        drain();
        assertThat(seen).containsExactly("fails 1", "a 1", "b 2");
        assertThat(underWay.isFull()).isFalse();
        assertThat(held.any()).isFalse();
    }
}
