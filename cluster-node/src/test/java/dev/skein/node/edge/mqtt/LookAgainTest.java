package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.route.AnyMessage;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node says that it has left something out, and pushes on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LookAgainTest {
    private static final long WRITER = 1L << 32;

    private final List<QueueCursor> asked = new ArrayList<>();

    private final class Store implements MessageStore {
        @Override
        public void submit(StoreCommand command) {}

        @Override
        public void onBatch(Runnable hook) {}

        @Override
        public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
            asked.add(after.copy());
            return CompletableFuture.completedFuture(new QueuePage(List.of(), false));
        }

        @Override
        public CompletionStage<FlowState> flowState(long sessionId) {
            return CompletableFuture.completedFuture(new FlowState(List.of(), List.of()));
        }

        @Override
        public CompletionStage<Long> depth(long sessionId) {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public long pendingBytes() {
            return 0;
        }
    }

    private static Message message(QueuedMessage stored) {
        return AnyMessage.of("default", TopicName.of(stored.topic()), stored.payload(), stored.qos(), false);
    }

    @Test
    void whatWasLeftOutIsReadBeforeAPushThatFollowsTheWordOfIt() {
        try (OneConnection one = new OneConnection(new Store())) {
            EmbeddedChannel channel = one.channel;
            one.delivery.attachments().putSession(OneConnection.SESSION, one.connection.attachment());
            one.client.flow().resume(new FlowState(List.of(), List.of()), LookAgainTest::message);
            channel.runPendingTasks();
            assertThat(asked).hasSize(1); // and the page was empty: it is live

            // The other node's link was full when message 1 was committed; then there is room, and message 2 follows.
            one.loop
                    .links()
                    .frame(
                            Frame.Kind.LOOK_AGAIN,
                            new Frame.Header(0, 0, 0, false, false),
                            "",
                            Frame.Targets.NONE,
                            Unpooled.buffer().writeShort(0));
            ByteBuf rest = Unpooled.buffer();
            rest.writeShort(3).writeBytes("a/b".getBytes(UTF_8));
            one.loop
                    .links()
                    .frame(
                            Frame.Kind.STORED,
                            new Frame.Header(2, WRITER, 1, false, false),
                            "default",
                            Frame.Targets.of(OneConnection.SESSION, 1, false),
                            rest);
            channel.runPendingTasks();
            channel.advanceTimeBy(2, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();

            assertThat(asked).hasSizeGreaterThan(1);
            // Message 1 is still to be read, so no page may begin behind it.
            assertThat(asked.get(1).covers(new MessageId(1, WRITER))).isFalse();
        }
    }
}
