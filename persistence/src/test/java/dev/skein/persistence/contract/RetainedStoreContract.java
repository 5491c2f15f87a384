package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Retained messages: what holds for every implementation. */
public interface RetainedStoreContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private RetainedStore retained() {
        return stores().retained();
    }

    private static RetainedMessage message(String topic, int number) {
        Properties properties = new Properties.Builder()
                .contentType("n" + number)
                .expiresAt(number)
                .build();
        Content content = new Content(new byte[] {(byte) number}, properties);
        return new RetainedMessage(new MessageId(number, 7), topic, content, number % 3, Origin.client("x", topic));
    }

    @Test // [MQTT-3.3.1-5]
    default void theLastMessageOfATopicIsKept() {
        retained().put(TestStores.INSTANCE, message("a/b", 1));
        get(retained().put(TestStores.INSTANCE, message("a/b", 2)));
        get(retained().put("other", message("a/b", 3)));

        List<RetainedMessage> all = get(retained().list(TestStores.INSTANCE, null, "", 10));
        assertThat(all).hasSize(1);
        assertThat(all.getFirst().id()).isEqualTo(new MessageId(2, 7));
        assertThat(all.getFirst().topic()).isEqualTo("a/b");
        assertThat(all.getFirst().qos()).isEqualTo(2);
        assertThat(all.getFirst().payload()).containsExactly(2);
        assertThat(all.getFirst().content().properties())
                .isEqualTo(message("a/b", 2).content().properties());
        assertThat(all.getFirst().origin()).isEqualTo(Origin.client("x", "a/b"));
    }

    @Test // [MQTT-3.3.1-10]
    default void removedMessageIsGone() {
        get(retained().put(TestStores.INSTANCE, message("a", 1)));
        get(retained().remove(TestStores.INSTANCE, "a"));
        get(retained().remove(TestStores.INSTANCE, "never"));
        retained().remove(TestStores.INSTANCE, "b");
        retained().put(TestStores.INSTANCE, message("b", 2));
        retained().put(TestStores.INSTANCE, message("c", 2));
        get(retained().remove(TestStores.INSTANCE, "c"));

        assertThat(get(retained().list(TestStores.INSTANCE, null, "", 10)))
                .extracting(RetainedMessage::topic)
                .containsExactly("b");
        assertThat(get(retained().count(TestStores.INSTANCE))).isEqualTo(1);
        assertThat(get(retained().count("none"))).isZero();
    }

    @Test
    default void listGoesByTopicInPagesAndByParent() {
        String tail = "t".repeat(300);
        List<String> topics = List.of("a", "a/" + tail + "1", "a/" + tail + "2", "a/b", "a-b/c", "/a", "b/a");
        IntStream.range(0, topics.size())
                .forEach(i -> get(retained().put(TestStores.INSTANCE, message(topics.get(i), i))));

        assertThat(pages(null))
                .containsExactlyElementsOf(topics.stream().sorted().toList());
        assertThat(pages("a")).containsExactly("a", "a/b", "a/" + tail + "1", "a/" + tail + "2");
        assertThat(pages("")).containsExactly("/a");
        assertThat(pages("none")).isEmpty();
    }

    private List<String> pages(@org.jspecify.annotations.Nullable String parent) {
        List<String> topics = new ArrayList<>();
        List<RetainedMessage> page = get(retained().list(TestStores.INSTANCE, parent, "", 2));
        while (!page.isEmpty()) {
            page.forEach(message -> topics.add(message.topic()));
            page = get(
                    retained().list(TestStores.INSTANCE, parent, page.getLast().topic(), 2));
        }
        return topics;
    }

    @Test
    default void longTopicsAreKeptApart() {
        String topic = "x".repeat(65_000);
        get(retained().put(TestStores.INSTANCE, message(topic + "/1", 1)));
        get(retained().put(TestStores.INSTANCE, message(topic + "/2", 2)));

        assertThat(pages(topic)).containsExactly(topic + "/1", topic + "/2");
    }

    @Test
    default void messagesAreReadByTopic() {
        for (int i = 1; i <= 3; i++) {
            get(retained().put(TestStores.INSTANCE, message("a/" + i, i)));
        }
        get(retained().put("other", message("a/4", 4)));

        assertThat(get(retained().read(TestStores.INSTANCE, List.of("a/1", "a/3", "a/4", "a"))))
                .hasSize(2)
                .hasEntrySatisfying("a/1", found -> assertThat(found.payload()).containsExactly(1))
                .hasEntrySatisfying("a/3", found -> assertThat(found.id()).isEqualTo(new MessageId(3, 7)));
        assertThat(get(retained().read(TestStores.INSTANCE, List.of()))).isEmpty();
    }
}
