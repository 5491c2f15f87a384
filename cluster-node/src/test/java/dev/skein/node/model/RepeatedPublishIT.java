package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node commits a QoS 2 message of a persistent session and dies before anyone else has it. The publisher sends it
 * again to another node: live subscribers get it from there, once.
 */
@SuppressWarnings("try") // a device that leaves early closes twice
class RepeatedPublishIT {
    private static final String TOPIC = "repeated/twice";

    @TempDir
    Path directory;

    @Test
    void liveSubscribersGetWhatAnotherNodeHasCommittedAndNotDelivered() throws Exception {
        try (ModelNode node = ModelNode.start(directory, "");
                Device publisher = node.stranger("publisher").persistent()) {
            publisher.connect().disconnect();
        }
        commitElsewhere();

        try (ModelNode node = ModelNode.start(directory, "");
                Device subscriber = node.stranger("subscriber").clean().connect();
                Device publisher = node.stranger("publisher").persistent()) {
            subscriber.subscribe(TOPIC, 2);
            assertThat(publisher.tryConnect().present()).isTrue();
            publisher.publishAgain(TOPIC, "once", 1);
            assertThat(subscriber.next().body()).isEqualTo("once");
            publisher.publishAgain(TOPIC, "once", 1);
            publisher.publish(TOPIC, "next", 0);
            assertThat(subscriber.next().body()).isEqualTo("next");
        }
    }

    /** It would only come again, and again be one too many. */
    @Test
    void aRetainedMessageThatIsOneTooManyIsDeliveredAndAcknowledged() throws Exception {
        try (ModelNode node = ModelNode.start(directory, "skein.mqtt.retained.max-messages = 1");
                Device publisher = node.stranger("publisher").persistent().connect();
                Device reader = node.stranger("reader").clean().connect()) {
            publisher.retain("repeated/first", "there is no room for more");
            reader.subscribe(TOPIC, 1);
            publisher.retain(TOPIC, "delivered");
            assertThat(reader.next().body()).isEqualTo("delivered");
            try (Device late = node.stranger("late").clean().connect()) {
                late.subscribe("repeated/#", 1);
                assertThat(late.next().topic()).isEqualTo("repeated/first");
                publisher.retain("repeated/first", "");
                assertThat(late.next().topic()).as("not " + TOPIC).isEqualTo("repeated/first");
            }
            publisher.retain(TOPIC, "kept");
            try (Device later = node.stranger("later").clean().connect()) {
                later.subscribe("repeated/#", 1);
                assertThat(later.next().body()).isEqualTo("kept");
            }
        }
    }

    /** What a node leaves that dies between its commit and everything after. */
    private void commitElsewhere() throws Exception {
        StoreSettings other =
                new StoreSettings(Duration.ofDays(1), 1000, 1000, Duration.ofHours(1), 1000, "another node");
        String url = JdbcStores.h2Url(directory);
        try (JdbcStores stores = JdbcStores.open(url, "skein", "", 2, other, InstantSource.system(), (_, _, _) -> {})) {
            long session = stores.sessions()
                    .find(new SessionKey("default", "publisher"))
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES)
                    .orElseThrow()
                    .id();
            CompletableFuture<MessageId> committed = new CompletableFuture<>();
            stores.messages()
                    .submit(new StoreCommand.Append(
                            "default",
                            TOPIC,
                            Content.of("once".getBytes(StandardCharsets.UTF_8)),
                            Origin.UNKNOWN,
                            List.of(),
                            new StoreCommand.InboundMark(session, 1),
                            new StoreCommand.AppendListener() {
                                @Override
                                public void committed(MessageId id) {
                                    committed.complete(id);
                                }

                                @Override
                                public void repeated(MessageId first) {
                                    committed.completeExceptionally(new AssertionError("repeated " + first));
                                }

                                @Override
                                public void failed(StoreUnavailableException cause) {
                                    committed.completeExceptionally(cause);
                                }
                            }));
            committed.get(1, TimeUnit.MINUTES);
        }
    }
}
