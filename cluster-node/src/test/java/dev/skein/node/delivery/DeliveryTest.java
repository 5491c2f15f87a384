package dev.skein.node.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies between the event loops of a node, and what concerns all of them. */
@Timeout(60)
class DeliveryTest {
    private static final String TOPIC = "a/b";
    private static final byte[] QOS_1 = {1};

    private final TestDelivery node = new TestDelivery(new RecordedCommands(), 2);
    private final LoopContext loop = node.loop(0);
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void close() {
        node.close();
    }

    private TestAttachment there(String clientId) {
        return new TestAttachment(node.loop(1), clientId, 0);
    }

    private void send(TestAttachment to, String text, int qos) {
        loop.send(1, Messages.message(loop, TOPIC, text, qos), new Subscriber[] {to}, QOS_1);
    }

    @Test
    void messagesForAnotherLoopKeepTheirOrderAndTasksComeBehindThem() {
        TestAttachment receiver = there("c");
        loop.run(1, () -> done.add("task after " + receiver.heard().size()));
        send(receiver, "first", 1);
        send(receiver, "second", 0);
        assertThat(receiver.heard()).isEmpty();
        node.run();
        assertThat(receiver.heard()).containsExactly("deliver first 1", "deliver second 0");
        assertThat(done).containsExactly("task after 2");
    }

    @Test
    void whatIsMuchLeavesBeforeTheRoundEnds() {
        TestAttachment receiver = there("c");
        String half = "x".repeat(600_000);
        send(receiver, half, 1);
        node.channels.get(1).runPendingTasks();
        assertThat(receiver.heard()).isEmpty();

        send(receiver, half, 1);
        node.channels.get(1).runPendingTasks();
        assertThat(receiver.heard()).hasSize(2);

        node.run();
        assertThat(receiver.heard()).as("each once").hasSize(2);
    }

    @Test
    void aLoopThatIsBehindLosesQos0AloneAndHoldsPublishersUpUntilItHasCaughtUp() {
        TestAttachment receiver = there("c");
        String mib = "x".repeat(1 << 20);
        for (int i = 0; i < 17; i++) {
            send(receiver, mib, 1);
        }
        assertThat(node.delivery.held().any()).isTrue();
        send(receiver, "dropped", 0);
        send(receiver, "kept", 1);
        node.run();
        assertThat(receiver.heard()).hasSize(18).doesNotContain("deliver dropped 0");
        assertThat(receiver.heard().getLast()).isEqualTo("deliver kept 1");
        assertThat(node.delivery.held().any()).isFalse();
        send(receiver, "now", 0);
        node.run();
        assertThat(receiver.heard()).contains("deliver now 0");
    }

    /** Perhaps a connection of the same client has published it, on another loop [MQTT-4.6.0-6]. */
    @Test
    void whatALoopHasForItsOwnComesBehindWhatWasHandedToIt() {
        TestAttachment receiver = there("c");
        send(receiver, "x".repeat(2 << 20), 1); // on its way
        LoopContext own = node.loop(1);
        own.send(1, Messages.message(own, TOPIC, "second", 1), new Subscriber[] {receiver}, QOS_1);
        own.run(1, () -> done.add("task after " + receiver.heard().size()));
        assertThat(receiver.heard()).isEmpty();
        assertThat(done).isEmpty();

        node.run();
        assertThat(receiver.heard()).hasSize(2).last().isEqualTo("deliver second 1");
        assertThat(done).containsExactly("task after 2");

        own.send(1, Messages.message(own, TOPIC, "at once", 1), new Subscriber[] {receiver}, QOS_1);
        assertThat(receiver.heard()).last().isEqualTo("deliver at once 1");
    }

    @Test
    void aNodeThatStopsClosesAllAndWaitsUntilTheyHaveLeft() {
        TestAttachment here = leaving(loop, 1);
        TestAttachment there = leaving(node.loop(1), 2);
        CompletableFuture<Void> closed = node.delivery.closeAll(0).toCompletableFuture();
        pass();
        assertThat(here.heard()).containsExactly("close SHUTDOWN");
        assertThat(there.heard()).containsExactly("close SHUTDOWN");
        node.delivery.attachments().removeConnection(1);
        pass();
        assertThat(closed).isNotDone();
        node.delivery.attachments().removeConnection(2);
        pass();
        assertThat(closed).isCompleted();
    }

    private TestAttachment leaving(LoopContext of, long connection) {
        TestAttachment attachment = new TestAttachment(of, "c" + connection, 0) {
            @Override
            public void close(Reason reason, String detail) {
                super.close(reason, detail);
                of.remove(this);
            }
        };
        of.add(attachment);
        node.delivery.attachments().putConnection(connection, attachment);
        return attachment;
    }

    private void pass() {
        node.run();
        node.channels.forEach(channel -> channel.advanceTimeBy(100, TimeUnit.MILLISECONDS));
        node.channels.forEach(channel -> channel.runScheduledPendingTasks());
        node.run();
    }

    private CompletableFuture<MessageId> publish(String instance, String topic, String text) {
        CompletableFuture<MessageId> published = node.delivery
                .ingress()
                .publish(instance, topic, Content.of(text.getBytes(UTF_8)), 1, false, Origin.API)
                .toCompletableFuture();
        node.run();
        return published;
    }

    @Test
    void whatIsNoClientPublishesAsOneWouldAndHearsTheIdentity() {
        TestAttachment receiver = there("c");
        node.open("a").add(TOPIC, new LocalRoute(receiver, 1));
        assertThat(publish(TestDelivery.INSTANCE, TOPIC, "x"))
                .succeedsWithin(Duration.ZERO)
                .satisfies(id -> assertThat(id.sequence()).isPositive());
        assertThat(receiver.heard()).containsExactly("deliver x 1");
    }

    @Test
    void whatCannotBePublishedFailsAtOnceWithTheReason() {
        assertThat(publish("unknown", TOPIC, "x"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("instance: unknown");
        assertThat(publish(TestDelivery.INSTANCE, "a/#", "x")).isCompletedExceptionally();
    }
}
