package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.TopicName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens while a SUBSCRIBE is being put in force. */
class RetainedReplayTest {
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final OneConnection one = new OneConnection(stores.messages());
    private final RetainedReplay replay = one.connection.subscriptions().retained();

    @AfterEach
    void close() {
        one.close();
        stores.close();
    }

    private static Message live(String topic) {
        return AnyMessage.of("default", TopicName.of(topic), "x".getBytes(UTF_8), 1, false);
    }

    private void resumed() {
        one.client.flow().resume(new FlowState(List.of(), List.of()), _ -> live("stored"));
        one.client.flow().onPage(new QueuePage(List.of(), false));
    }

    @Test // [MQTT-3.3.1-6]
    void aSocketThatIsWritableAgainDoesNotLetLiveMessagesGoBeforeRetainedOnes() {
        resumed();
        replay.expect("a/b");
        one.client.drain();
        replay.goOn();

        assertThat(replay.takes(live("a/b"), 1)).isTrue();
        assertThat(replay.holds(live("a/b"))).isTrue();
    }

    @Test
    void aPageOfTheQueueDoesNotEither() {
        replay.expect("a/b");
        resumed();
        replay.goOn();

        assertThat(replay.takes(live("a/b"), 1)).isTrue();
    }

    @Test
    void whatTheGateCannotHoldGoesOnAllTheSame() {
        resumed();
        replay.expect("a/b");
        int held = 0;
        while (replay.takes(live("a/b"), 1) && held <= 1000) {
            held++;
        }

        assertThat(held).isBetween(1, 1000);
    }
}
