package dev.skein.node.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObserversTest {
    private static final Message MESSAGE = new Message(
            "default",
            TopicName.of("a/b"),
            Content.of("four".getBytes(UTF_8)),
            1,
            false,
            Origin.client(Origin.MQTT, "from"),
            new MessageId(1, 2));

    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void close() {
        metrics.close();
    }

    /** Writes down what it hears. */
    private final class Listening implements MessageObserver {
        @Override
        public void received(Message message) {
            told.add("received " + message.origin());
        }

        @Override
        public void repeated(int bytes) {
            told.add("repeated " + bytes);
        }

        @Override
        public void refused(Origin origin, String topic, int qos, int bytes, DropReason why) {
            told.add("refused " + origin + " " + topic + " " + qos + " " + bytes + " " + why);
        }

        @Override
        public void stored(MessageId received, Message message, int receivers) {
            told.add("stored for " + receivers);
        }

        @Override
        public boolean delivered(Message message, int qos, boolean again, Receiver receiver) {
            told.add("delivered to " + receiver.clientId() + " at " + qos);
            return true;
        }

        @Override
        public void acknowledged(MessageId id, TopicName topic, int qos, Receiver receiver) {
            told.add("acknowledged by " + receiver.clientId());
        }

        @Override
        public void givenUp(Message message, Receiver receiver) {
            told.add("given up of " + receiver.clientId());
        }

        @Override
        public void dropped(Message message, DropReason why, int deliveries) {
            told.add("dropped " + why + " " + deliveries);
        }
    }

    private static void everything(MessageObserver observer) {
        List<Consumer<MessageObserver>> steps = List.of(
                each -> each.received(MESSAGE),
                each -> each.repeated(7),
                each -> each.refused(Origin.API, "a/c", 0, 5, DropReason.TOO_LARGE),
                each -> each.stored(MESSAGE.id(), MESSAGE, 3),
                each -> each.delivered(MESSAGE, 1, false, () -> "to"),
                each -> each.acknowledged(MESSAGE.id(), MESSAGE.topic(), 1, () -> "to"),
                each -> each.givenUp(MESSAGE, () -> "to"),
                each -> each.dropped(MESSAGE, DropReason.RECEIVER_TOO_SMALL, () -> "to"),
                each -> each.dropped(MESSAGE, DropReason.QUEUE_FULL, 2));
        steps.forEach(step -> step.accept(observer));
    }

    @Test // what every message pays when nobody else listens
    void metricsAloneAreTheCountersThemselves() {
        assertThat(new Observers(metrics, List.of()).topic("default", "a")).isSameAs(metrics.topic("default", "a"));
        assertThat(new Observers(metrics, List.of((_, _) -> null)).topic("default", "a"))
                .isSameAs(metrics.topic("default", "a"));
    }

    @Test
    void everyObserverHearsEveryStepAndMetricsCountIt() {
        Observers observers = new Observers(metrics, List.of((_, _) -> new Listening(), (_, _) -> new Listening()));
        everything(observers.topic("default", "a"));

        List<String> once = List.of(
                "received mqtt:from",
                "repeated 7",
                "refused api a/c 0 5 TOO_LARGE",
                "stored for 3",
                "delivered to to at 1",
                "acknowledged by to",
                "given up of to",
                "dropped RECEIVER_TOO_SMALL 1",
                "dropped QUEUE_FULL 2");
        assertThat(told)
                .containsExactlyElementsOf(once.stream()
                        .flatMap(each -> List.of(each, each).stream())
                        .toList());
        String scrape = metrics.scrape();
        assertThat(scrape)
                .contains("skein_messages_received_bytes_total{mqtt_instance=\"default\",parent_topic=\"a\"} 16.0")
                .contains("reason=\"queue_full\"} 2.0")
                .contains("reason=\"too_large\"} 1.0");
    }

    @Test
    void anObserverIsAskedForByInstanceAndParentTopic() {
        Observers observers = new Observers(metrics, List.of((instance, parent) -> {
            told.add(instance + " " + parent);
            return null;
        }));
        observers.topic("one", "a");
        observers.topic("two", "");

        assertThat(told).containsExactly("one a", "two ");
    }
}
