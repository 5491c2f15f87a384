package dev.skein.node.delivery;

import dev.skein.node.session.FlowSettings;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What other event loops have handed to one and it has not delivered yet: bounded, as everything that waits. Publishers
 * at QoS 1 and 2 wait above {@link FlowSettings#UNDER_WAY_BYTES}; what is published at QoS 0 is dropped above twice
 * that. Thread-safe.
 */
final class UnderWay extends Obstacle {
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong all = new AtomicLong();

    UnderWay(HeldPublishers held) {
        super(held);
    }

    /**
     * Messages are on their way.
     *
     * @param bytes of all
     * @param acknowledgedBytes of those published at QoS 1 or 2
     */
    void handed(long bytes, long acknowledgedBytes) {
        all.addAndGet(bytes);
        if (acknowledged.addAndGet(acknowledgedBytes) > FlowSettings.UNDER_WAY_BYTES) {
            set(ALL);
            if (acknowledged.get() <= FlowSettings.UNDER_WAY_BYTES / 2) {
                set(OPEN); // they arrived meanwhile, and the loop may have found nothing to open
            }
        }
    }

    /** They are delivered; called on the loop that they were for. */
    void delivered(long bytes, long acknowledgedBytes) {
        all.addAndGet(-bytes);
        if (acknowledged.addAndGet(-acknowledgedBytes) <= FlowSettings.UNDER_WAY_BYTES / 2) {
            set(OPEN);
        }
    }

    /** Whether there is no room for a message that was published at QoS 0. */
    boolean isFull() {
        return all.get() > 2 * FlowSettings.UNDER_WAY_BYTES;
    }
}
