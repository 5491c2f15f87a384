package dev.skein.node.edge.mqtt;

import dev.skein.node.route.FilterTrie;
import dev.skein.node.route.TrieEntry;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
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
    /** Of a message that matches no subscription, as one for the client alone. */
    private static final Found NOTHING = new Found(new int[0], false, true, 2);

    private final Origin own;
    private final FilterTrie<Entry> trie = new FilterTrie<>();
    private final Map<String, Entry> byFilter = new HashMap<>();
    private @Nullable Question last;
    private Found answer = NOTHING;

    private static final class Entry extends TrieEntry {
        private final Subscription subscription;

        private Entry(Subscription subscription) {
            this.subscription = subscription;
        }
    }

    /** What the answer depends on. */
    private record Question(TopicName topic, @Nullable String via, boolean isOwn) {
        boolean isOf(Message message, boolean own) {
            return isOwn == own && topic.equals(message.topic()) && Objects.equals(via, message.via());
        }
    }

    /** What all subscriptions by which a message comes say together. */
    private static final class Found {
        private final int[] identifiers;
        private final boolean keepsRetain;
        private final boolean wanted;
        private final int qos;

        private Found(int[] identifiers, boolean keepsRetain, boolean wanted, int qos) {
            this.identifiers = identifiers;
            this.keepsRetain = keepsRetain;
            this.wanted = wanted;
            this.qos = qos;
        }
    }

    /** @param own its client as the origin of messages */
    SubscriptionOptions(Origin own) {
        this.own = own;
    }

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
        last = null;
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
            last = null;
        }
    }

    /** Identifiers of the subscriptions by which {@code message} comes [MQTT-3.3.4-3], each once; read only. */
    int[] identifiers(Message message) {
        return find(message).identifiers;
    }

    /** Whether one of them wants to see the RETAIN flag of the publisher [MQTT-3.3.1-13]. */
    boolean keepsRetain(Message message) {
        return find(message).keepsRetain;
    }

    /** Whether one of them wants it: not those that do not want what their own client publishes [MQTT-3.8.3-3]. */
    boolean isWanted(Message message) {
        return find(message).wanted;
    }

    /** The greatest QoS of them. */
    int qos(Message message) {
        return find(message).qos;
    }

    private Found find(Message message) {
        boolean isOwn = own.equals(message.origin());
        Question before = last;
        if (before == null || !before.isOf(message, isOwn)) {
            answer = match(message, isOwn);
            last = new Question(message.topic(), message.via(), isOwn);
        }
        return answer;
    }

    /** A message comes by one subscription, or by all that are not shared. */
    private Found match(Message message, boolean isOwn) {
        List<Subscription> matching = new ArrayList<>(2);
        String via = message.via();
        trie.match(message.topic().value(), entry -> {
            Subscription each = entry.subscription;
            if (via == null ? each.shareGroup() == null : each.fullFilter().equals(via)) {
                matching.add(each);
            }
        });
        if (matching.isEmpty()) {
            return NOTHING;
        }
        matching.removeIf(each -> isOwn && each.noLocal());
        return new Found(
                matching.stream()
                        .mapToInt(Subscription::identifier)
                        .filter(each -> each != 0)
                        .distinct()
                        .sorted()
                        .toArray(),
                matching.stream().anyMatch(Subscription::retainAsPublished),
                !matching.isEmpty(),
                matching.stream().mapToInt(Subscription::qos).max().orElse(0));
    }
}
