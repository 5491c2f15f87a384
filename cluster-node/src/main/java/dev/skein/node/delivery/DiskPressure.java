package dev.skein.node.delivery;

import dev.skein.node.route.Match;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk of the embedded store is nearly full. Then publishers wait whose message the store would keep.
 * Everything that makes room goes on: reads, acknowledgements, sessions and retained messages that are removed.
 * Thread-safe.
 */
public final class DiskPressure extends Obstacle {
    private static final Logger LOG = LoggerFactory.getLogger(DiskPressure.class);

    private volatile @Nullable String alarm;

    DiskPressure(HeldPublishers held) {
        super(held);
    }

    /** @param low what is wrong, for people; null when there is room again */
    public void alarm(@Nullable String low) {
        boolean before = alarm != null;
        alarm = low;
        if (low == null && before) {
            LOG.warn("The disk of the store has room again: publishers go on");
            set(OPEN);
        } else if (low != null && !before) {
            LOG.warn(
                    "{}; publishers at QoS 1 and 2 wait with what is for persistent sessions or retained. Make room on"
                            + " this file system, let clients read their queues, or remove sessions: skein sessions",
                    low);
            set(ALL);
        }
        if (low != null) {
            release(); // those that are gone are forgotten, the others wait again
        }
    }

    /** Whether there is an alarm. */
    public boolean isLow() {
        return alarm != null;
    }

    /** Why something waits or is refused now. */
    public String reason() {
        return String.valueOf(alarm);
    }

    /**
     * Whether a message has to wait; one that removes a retained message makes room.
     *
     * @param match null when the message is for one client
     * @param marked whether its packet identifier is to be kept
     */
    public boolean blocks(boolean retain, boolean empty, @Nullable Match match, boolean marked) {
        boolean kept = retain ? !empty : match == null || marked;
        return isLow() && (kept || (match != null && !match.sessions().isEmpty()));
    }
}
