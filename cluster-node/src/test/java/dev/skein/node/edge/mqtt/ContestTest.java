package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A later connection claims the client ID: what the client has sent on this one is read before it judges itself. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ContestTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long ID = 1;

    private final OneConnection one = new OneConnection(new Store());
    private final TestProbe<SessionCommand> session = one.kit.createTestProbe();

    /** Never done with what a connection has for it: who is closed has its client ID still. */
    private static final class Store implements MessageStore {
        @Override
        public void submit(StoreCommand command) {}

        @Override
        public void onBatch(Runnable hook) {}

        @Override
        public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
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

    @AfterEach
    void stop() {
        one.close();
    }

    private void ask() {
        one.connection.attachment().tell(new ConnectionEvent.Probe(ID, session.getRef()));
        one.channel.runPendingTasks();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 50) {
            one.channel.advanceTimeBy(50, TimeUnit.MILLISECONDS);
            one.channel.runPendingTasks();
        }
    }

    private void expect(boolean alive, boolean disconnected) {
        session.expectMessage(DEADLINE, new SessionCommand.ProbeResult(ID, alive, disconnected));
    }

    @Test
    void aConnectionThatHasNotEndedIsAlive() {
        ask();
        pass(100);
        expect(true, false);
        assertThat(one.connection.isClosed()).isFalse();
    }

    @Test
    void aDisconnectThatIsReadAfterTheQuestionCounts() {
        ask();
        one.channel.writeInbound(MqttMessage.DISCONNECT);
        pass(100);
        expect(false, true);
    }

    @Test
    void aSocketWhoseEndIsReadAfterTheQuestionIsNotAlive() {
        ask();
        one.channel.pipeline().fireChannelInactive();
        pass(100);
        expect(false, false);
    }

    @Test
    void aDisconnectThatWaitsBehindOtherPacketsCountsAndHasTimeToBeHandled() {
        one.connection.intake().park();
        one.channel.writeInbound(MqttMessage.DISCONNECT);
        ask();
        expect(false, true);
        pass(1000);
        assertThat(one.connection.isClosed()).isFalse();
        pass(2000);
        assertThat(one.connection.isClosed()).isTrue();
        assertThat(one.delivery.attachments().leavingOf(one.connection.attachment()))
                .matches(leaving -> leaving != null && leaving.graceful());
    }

    @Test
    void aConnectionThatIsNotReadMayHaveEnded() {
        one.connection.intake().park();
        ask();
        pass(1000);
        session.expectNoMessage(Duration.ofMillis(100));
        one.connection.intake().unpark();
        one.channel.writeInbound(MqttMessage.DISCONNECT);
        pass(100);
        expect(false, true);
    }

    @Test
    void aConnectionThatIsNotReadForLongIsTakenForAlive() {
        one.connection.intake().park();
        ask();
        pass(2500);
        expect(true, false);
    }

    @Test // [MQTT-3.14.4-3]
    void aDisconnectThatIsReadWhenTheClientIdIsLostCounts() {
        one.connection.attachment().tell(new ConnectionEvent.TakenOver(ID));
        one.channel.runPendingTasks();
        one.channel.writeInbound(MqttMessage.DISCONNECT);
        pass(50);
        assertThat(one.delivery.attachments().leavingOf(one.connection.attachment()))
                .matches(leaving -> leaving != null && leaving.graceful());
    }

    @Test
    void aConnectionThatLosesItsClientIdEnds() {
        one.connection.attachment().tell(new ConnectionEvent.TakenOver(ID));
        one.channel.runPendingTasks();
        pass(50);
        assertThat(one.connection.isClosed()).isTrue();
        assertThat(one.delivery.attachments().leavingOf(one.connection.attachment()))
                .matches(leaving -> leaving != null && !leaving.graceful());
    }
}
