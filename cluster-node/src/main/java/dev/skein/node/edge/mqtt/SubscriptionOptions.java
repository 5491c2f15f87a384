package dev.skein.node.edge.mqtt;

import dev.skein.node.route.FilterTrie;
import dev.skein.node.route.TrieEntry;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.topic.SharedFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options and identifiers of the subscriptions of one client (MQTT 5 section 3.8.3.1), asked for each message that
 * reaches it: a route says only that one of them matches, and at what QoS. Made with the first subscription that has
 * any, and then it holds all. Confined to the client's event loop.
 */
final class SubscriptionOptions {
    private static final int[] NO_IDENTIFIERS = new int[0];
    private static final int QOS_MAX = 2;
    private static final Found NOTHING = new Found(NO_IDENTIFIERS, false, false, QOS_MAX);

    private final FilterTrie<Entry> trie = new FilterTrie<>();
    private final Map<String, Entry> byFilter = new HashMap<>();
    private @Nullable TopicName lastTopic;
    private @Nullable String lastVia;
    private Found last = NOTHING;

    private static final class Entry extends TrieEntry {
        private final Subscription subscription;

        private Entry(Subscription subscription) {
            this.subscription = subscription;
        }
    }

    /** What all subscriptions that match one topic say together. */
    private record Found(int[] identifiers, boolean keepsRetain, boolean noLocal, int ownQos) {}

    /** Whether a subscription says something that one of MQTT 3.1.1 cannot say. */
    static boolean has(Subscription subscription) {
        return subscription.options() != 0 || subscription.identifier() != 0;
    }

    /**
     * Those of the subscriptions that have any, by filter as the client wrote it; a copy, or null when there are none.
     */
    @Nullable
    Map<String, ClientInfo.Options> snapshot() {
        Map<String, ClientInfo.Options> copy = new HashMap<>();
        byFilter.forEach((filter, entry) -> {
            if (has(entry.subscription)) {
                copy.put(filter, new ClientInfo.Options(entry.subscription.options(), entry.subscription.identifier()));
            }
        });
        return copy.isEmpty() ? null : copy;
    }

    /** Adds a subscription, or replaces the one with the same filter. */
    void put(Subscription subscription) {
        remove(subscription.fullFilter());
        Entry entry = new Entry(subscription);
        byFilter.put(subscription.fullFilter(), entry);
        trie.add(subscription.filter(), entry);
        lastTopic = null;
    }

    /** As {@link #put}, of one that says nothing but its QoS. */
    void putPlain(String filter, int qos) {
        put(new Subscription(SharedFilters.matched(filter), qos, false, false, 0, SharedFilters.group(filter), 0));
    }

    /** Removes a subscription; {@code fullFilter} is as the client wrote it. */
    void remove(String fullFilter) {
        Entry before = byFilter.remove(fullFilter);
        if (before != null) {
            trie.remove(before.subscription.filter(), before);
            lastTopic = null;
        }
    }

    /**
     * Identifiers of the subscriptions by which {@code message} comes [MQTT-3.3.4-3], in ascending order, each once;
     * read only.
     */
    int[] identifiers(Message message) {
        return find(message).identifiers();
    }

    /** Whether one of them wants to see the RETAIN flag of the publisher [MQTT-3.3.1-13]. */
    boolean keepsRetain(Message message) {
        return find(message).keepsRetain();
    }

    /** Whether none of them wants what its own client publishes [MQTT-3.8.3-3]. */
    boolean isNoLocal(Message message) {
        return find(message).noLocal();
    }

    /** The greatest QoS of those that want what their own client publishes. */
    int ownQos(Message message) {
        return find(message).ownQos();
    }

    private Found find(Message message) {
        if (!message.topic().equals(lastTopic) || !Objects.equals(message.via(), lastVia)) {
            last = match(message.topic().value(), message.via());
            lastTopic = message.topic();
            lastVia = message.via();
        }
        return last;
    }

    /** A message comes by one subscription, or by all that are not shared. */
    private Found match(String topic, @Nullable String via) {
        List<Subscription> matching = new ArrayList<>(2);
        trie.match(topic, entry -> {
            Subscription each = entry.subscription;
            if (via == null ? each.shareGroup() == null : each.fullFilter().equals(via)) {
                matching.add(each);
            }
        });
        if (matching.isEmpty()) {
            return NOTHING;
        }
        int[] identifiers = matching.stream()
                .mapToInt(Subscription::identifier)
                .filter(each -> each != 0)
                .distinct()
                .sorted()
                .toArray();
        return new Found(
                identifiers,
                matching.stream().anyMatch(Subscription::retainAsPublished),
                matching.stream().allMatch(Subscription::noLocal),
                matching.stream()
                        .filter(each -> !each.noLocal())
                        .mapToInt(Subscription::qos)
                        .max()
                        .orElse(QOS_MAX));
    }
}
