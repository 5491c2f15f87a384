package dev.skein.node.route;

import dev.skein.protocol.topic.TopicNames;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the subscriptions of persistent sessions take in the open route tables of a node, in bytes by estimate. A new
 * subscription is refused above {@link #max}; what the store has already is loaded up to twice of it, so that a node
 * starts whatever is stored. Thread-safe.
 */
public final class RouteMemory {
    private static final int PARTS_OF_HEAP = 8;
    private static final int LOADED = 2;
    private static final long ROUTE_BYTES = 200;
    private static final long LEVEL_BYTES = 100;

    private final long max;
    private final AtomicLong used = new AtomicLong();

    /** @param max bytes above which nothing new is subscribed */
    public RouteMemory(long max) {
        this.max = max;
    }

    /** An eighth of the heap. */
    public static RouteMemory ofThisJvm() {
        return new RouteMemory(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP);
    }

    /** What a topic filter and its route take: each level may be a node of a tree. */
    public static long ofFilter(String filter) {
        return ROUTE_BYTES + LEVEL_BYTES * TopicNames.levels(filter) + filter.length();
    }

    /** Whether a persistent session may subscribe more. */
    public boolean hasRoom() {
        return used.get() < max;
    }

    /** Whether more of what is stored may be loaded. */
    public boolean mayLoad() {
        return used.get() < LOADED * max;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Bytes taken. */
    public long used() {
        return used.get();
    }

    /** Bytes above which nothing new is subscribed. */
    public long max() {
        return max;
    }
}
