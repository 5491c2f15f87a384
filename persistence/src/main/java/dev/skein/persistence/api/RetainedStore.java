package dev.skein.persistence.api;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The last retained message of each topic of each instance (MQTT 3.1.1 section 3.3.1.3).
 *
 * <p>Thread-safe. No method blocks; stages complete on the store's own threads, writes after their commit. Writes of
 * one caller to one topic take effect in the order of the calls. A stage fails with {@link StoreUnavailableException}
 * when the database refused.
 */
public interface RetainedStore {
    /** Keeps {@code message} in place of any older one of its topic [MQTT-3.3.1-5]. */
    CompletionStage<Void> put(String instance, RetainedMessage message);

    /** Removes the retained message of {@code topic}, if there is one [MQTT-3.3.1-10]. */
    CompletionStage<Void> remove(String instance, String topic);

    /**
     * Retained messages in the order of their topics, in pages. One ends before {@code limit} when its messages take 1
     * MiB; an empty one is the end.
     *
     * @param parent first level of the topic; null for the whole instance
     * @param afterTopic empty for the first page, then the last topic of the page before
     * @param limit 1..10000 messages
     */
    CompletionStage<List<RetainedMessage>> list(String instance, @Nullable String parent, String afterTopic, int limit);

    /** Those of {@code topics} that there are, by topic. */
    CompletionStage<Map<String, RetainedMessage>> read(String instance, Collection<String> topics);

    /** How many retained messages an instance has. Reads an index entry of each: not for every request. */
    CompletionStage<Long> count(String instance);
}
