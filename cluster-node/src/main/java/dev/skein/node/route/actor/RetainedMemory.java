package dev.skein.node.route.actor;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the routers of a node hold of retained messages: all topics, and bodies as long as there is room for them; other
 * bodies are read from the store when they are asked for. Each of the two may take {@code max}. Thread-safe.
 */
public final class RetainedMemory {
    private static final Logger LOG = LoggerFactory.getLogger(RetainedMemory.class);
    /** Of a heap: one for topics, one for bodies. */
    private static final int PARTS_OF_HEAP = 8;
    /** An entry of the index beside the characters of its topic, in bytes. */
    private static final int ENTRY_BYTES = 200;

    private final int messagesMax;
    private final long max;
    private final AtomicLong topics = new AtomicLong();
    private final AtomicLong bodies = new AtomicLong();
    private volatile boolean full;

    /**
     * @param messagesMax retained messages of one parent topic
     * @param max bytes of all topics, and once more of all bodies
     */
    RetainedMemory(int messagesMax, long max) {
        this.messagesMax = messagesMax;
        this.max = max;
    }

    /** Of a node in this JVM, with so many retained messages of one parent topic. */
    public static RetainedMemory ofThisJvm(int messagesMax) {
        return new RetainedMemory(messagesMax, Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP);
    }

    /** Retained messages of one parent topic. */
    int messagesMax() {
        return messagesMax;
    }

    /** Whether one more topic may be added; those that the store has already always are. */
    boolean hasRoom(String topic) {
        boolean room = topics.get() + bytes(topic) <= max;
        if (!room && !full) {
            LOG.warn(
                    "Retained messages are refused: their topics take {} bytes on this node (limit: an eighth of the"
                            + " heap, {}); a larger heap has room for more",
                    topics.get(),
                    max);
        }
        full = !room;
        return room;
    }

    /**
     * Whether a topic that the store has may be held, too: up to twice the bound, because what was kept when there was
     * more room, or on more nodes, is found again.
     */
    boolean mayLoad(String topic) {
        return topics.get() + bytes(topic) <= 2 * max;
    }

    void add(String topic) {
        topics.addAndGet(bytes(topic));
    }

    void remove(String topic) {
        topics.addAndGet(-bytes(topic));
    }

    /** Whether a body of so many bytes stays in memory; {@link #removeBody} follows then. */
    boolean takesBody(int bytes) {
        boolean room = bodies.addAndGet(bytes) <= max;
        if (!room) {
            bodies.addAndGet(-bytes);
        }
        return room;
    }

    void removeBody(int bytes) {
        bodies.addAndGet(-bytes);
    }

    private static long bytes(String topic) {
        return ENTRY_BYTES + (long) topic.length();
    }
}
