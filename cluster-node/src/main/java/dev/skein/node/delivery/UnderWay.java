package dev.skein.node.delivery;

import dev.skein.node.session.FlowSettings;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What event loops have handed to one and it has not delivered yet: bounded, as everything that waits. Publishers wait
 * while more is to be written to clients than {@link FlowSettings#UNDER_WAY_BYTES}: the harm is the time that it takes,
 * so a message counts once for each client. What cannot wait, at QoS 0, is dropped above twice that in memory.
 * Thread-safe.
 */
final class UnderWay extends Obstacle {
    private final AtomicLong toWrite = new AtomicLong();
    private final AtomicLong inMemory = new AtomicLong();

    UnderWay(HeldPublishers publishers) {
        super(publishers);
    }

    /**
     * Messages are on their way.
     *
     * @param bytes in memory
     * @param work bytes to be written: those of a message once for each client
     */
    void handed(long bytes, long work) {
        inMemory.addAndGet(bytes);
        if (toWrite.addAndGet(work) > FlowSettings.UNDER_WAY_BYTES) {
            set(ALL);
            openIfLittle(toWrite.get()); // they arrived meanwhile, and the loop may have found nothing to open
        }
    }

    /** So much less is to be written; called on the loop that it was for. */
    void written(long work) {
        openIfLittle(toWrite.addAndGet(-work));
    }

    private void openIfLittle(long left) {
        if (left <= FlowSettings.UNDER_WAY_BYTES / 2) {
            set(OPEN);
        }
    }

    /** So much less is in memory. */
    void delivered(long bytes) {
        inMemory.addAndGet(-bytes);
    }

    /** Whether there is no room for a message that was published at QoS 0. */
    boolean isFull() {
        return inMemory.get() > 2 * FlowSettings.UNDER_WAY_BYTES;
    }
}
