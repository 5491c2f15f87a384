package dev.skein.node.delivery;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the memory of the node is nearly used up. Then nobody new is let in, what is published at QoS 0 is dropped,
 * and publishers at QoS 1 and 2 wait, as for a receiver that is behind. Everything that makes room goes on:
 * acknowledgements, queues that empty, subscriptions that end, retained messages that are removed. Thread-safe.
 */
public final class MemoryPressure extends Obstacle {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryPressure.class);

    private volatile @Nullable String alarm;

    MemoryPressure(HeldPublishers held) {
        super(held);
    }

    /** @param above what is used too much of, for people; null when there is room again */
    public void alarm(@Nullable String above) {
        alarm = above;
        if (above == null) {
            LOG.warn("Memory is below skein.memory.low again: clients may connect and publishers go on");
            set(OPEN);
        } else {
            LOG.warn(
                    "Memory is above skein.memory.high ({}): new connections are refused, QoS 0 is dropped, publishers"
                            + " at QoS 1 and 2 wait until it is below skein.memory.low. Give the node a larger heap, or"
                            + " look for clients that take much: skein clients list",
                    above);
            set(ALL);
        }
    }

    /** Whether there is an alarm. */
    public boolean isHigh() {
        return alarm != null;
    }

    /** Why something is refused now, for a log line or an answer. */
    public String reason() {
        return "memory: " + alarm + " (expected: below skein.memory.high; the client should retry later)";
    }

    /** Lets those go that wait and are gone; the others wait again. Called now and then. */
    public void sweep() {
        if (isHigh()) {
            release();
        }
    }
}
