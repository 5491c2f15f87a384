package dev.skein.node.edge.mqtt;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Quota;
import dev.skein.node.route.RouteMemory;
import dev.skein.protocol.topic.TopicFilters;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The topic filters of one client, and what they count for. Confined to the connection's event loop. */
final class HeldFilters {
    private final LongConsumer holding;
    private final Supplier<Quota> ofInstance;
    private @Nullable Map<String, Held> held;
    private long bytes;
    private int multiWildcards;

    /** One filter: {@code route} is its local route, or null when the session's actor keeps it. */
    record Held(int qos, @Nullable LocalRoute route) {}

    /**
     * @param holding told how many bytes they take
     * @param ofInstance what all sessions of the client's instance have
     */
    HeldFilters(LongConsumer holding, Supplier<Quota> ofInstance) {
        this.holding = holding;
        this.ofInstance = ofInstance;
    }

    private Map<String, Held> all() {
        return held == null ? Map.of() : held;
    }

    int count() {
        return all().size();
    }

    boolean isHeld(String filter) {
        return all().containsKey(filter);
    }

    /** Those with more than one {@code +}. */
    int multiWildcards() {
        return multiWildcards;
    }

    /** By estimate. */
    long bytes() {
        return bytes;
    }

    /** Filters and the QoS granted; a copy. */
    Map<String, Integer> snapshot() {
        Map<String, Integer> copy = new HashMap<>();
        all().forEach((filter, each) -> copy.put(filter, each.qos()));
        return copy;
    }

    /** Filters; a view. */
    Set<String> names() {
        return all().keySet();
    }

    /**
     * Returns what the client held with the same filter, or null. What the session's actor keeps was counted for the
     * instance when it was asked for, or is in the store for long.
     */
    @Nullable
    Held hold(String filter, Held now) {
        Map<String, Held> mine = held;
        if (mine == null) {
            mine = new HashMap<>(4);
            held = mine;
        }
        Held before = mine.put(filter, now);
        if (before == null) {
            resized(filter, 1);
        }
        boolean wasLive = before != null && before.route() != null;
        boolean isLive = now.route() != null;
        if (isLive != wasLive) {
            countLive(filter, isLive ? 1 : -1);
            if (before != null) {
                countStored(filter, isLive ? -1 : 1);
            }
        }
        return before;
    }

    @Nullable
    Held letGo(String filter) {
        Held before = held == null ? null : held.remove(filter);
        if (before != null) {
            resized(filter, -1);
            if (before.route() == null) {
                countStored(filter, -1);
            } else {
                countLive(filter, -1);
            }
        }
        return before;
    }

    private void resized(String filter, int by) {
        bytes += by * RouteMemory.ofFilter(filter);
        multiWildcards += TopicFilters.isMultiWildcard(filter) ? by : 0;
        holding.accept(bytes);
    }

    /** The connection ends; returns what was held. */
    Map<String, Held> clear() {
        Map<String, Held> before = all();
        held = null;
        before.forEach((filter, each) -> {
            if (each.route() != null) {
                countLive(filter, -1);
            }
        });
        return before;
    }

    private void countLive(String filter, int by) {
        ofInstance.get().live(by, (long) by * filter.length());
    }

    /** The session's actor is to keep one more, or one less. */
    void countStored(String filter, int by) {
        ofInstance.get().written(by, (long) by * filter.length());
    }
}
