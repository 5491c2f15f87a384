package dev.skein.node.delivery;

import dev.skein.node.session.FlowSettings;
import dev.skein.protocol.wire.DurationText;

/**
 * Judges whether those who publish at QoS 1 or 2 to one client wait for it: once what waits is more than half of what
 * its queue may hold, in messages or in bytes, until that is down to a quarter.
 *
 * <p>A client that takes something, however little, is waited for by those who publish to it alone. Those whose message
 * has other receivers too wait for {@link FlowSettings#patience()} at the most, then not again until the client has
 * caught up. A client that takes nothing for that long is stalled: nobody waits, and the queue's policy decides, until
 * it takes something again.
 *
 * <p>Time counts only as far as the event loop was looking, so that a pause of the node is no pause of its clients.
 * Confined to the client's event loop but for {@link #blocks} and {@link #await}.
 */
public final class Congestion extends Obstacle {
    private final FlowSettings settings;
    private boolean behind;
    /** How long the client has taken nothing while something waited. */
    private long idleNanos;
    /** How long it has been behind. */
    private long behindNanos;

    public Congestion(FlowSettings settings, HeldPublishers held) {
        super(held);
        this.settings = settings;
    }

    /** So much waits for the client that its publishers take for accepted. */
    public void queued(int messages, long bytes) {
        boolean now = behind
                ? messages > settings.queueMessages() / 4 || bytes > settings.queueBytes() / 4
                : messages > Math.max(1, settings.queueMessages() / 2) || bytes > settings.queueBytes() / 2;
        if (now != behind) {
            behind = now;
            behindNanos = 0;
            update();
        }
    }

    /**
     * Called a few times each second.
     *
     * @param elapsedNanos since the last time
     * @param took whether the client has taken something since then, or nothing waits for it
     */
    public void check(long elapsedNanos, boolean took) {
        idleNanos = took ? 0 : idleNanos + elapsedNanos;
        if (behind) {
            behindNanos += elapsedNanos;
            update();
            release(); // who is gone is forgotten
        }
    }

    /** Whether publishers wait when the queue fills up: what comes then was under way. */
    public boolean isWaitedFor() {
        return !isStalled() && !isOverdue();
    }

    private boolean isStalled() {
        return idleNanos > settings.patience().toNanos();
    }

    private boolean isOverdue() {
        return behindNanos > settings.patience().toNanos();
    }

    /** Why its publishers do not wait, for the log. */
    public String describe() {
        return isStalled()
                ? "it has taken nothing for " + DurationText.of(settings.patience()) + ", publishers go on"
                : "it did not catch up within " + DurationText.of(settings.patience())
                        + ", only publishers to it alone wait";
    }

    private void update() {
        if (!behind || isStalled()) {
            set(OPEN);
        } else {
            set(isOverdue() ? ALONE : ALL);
        }
    }

    /** The client is gone: nobody waits for it any more. */
    public void end() {
        behind = false;
        set(OPEN);
    }
}
