package dev.skein.node.edge.mqtt;

/**
 * What a publish waits for before it may be acknowledged: commits and the retained message. Confined to the event loop
 * that publishes.
 */
abstract class PublishTally {
    private int waiting;
    private boolean failed;

    /** One more thing to wait for. */
    final void expect() {
        waiting++;
    }

    /** One of them is done. */
    final void done(boolean ok) {
        failed |= !ok;
        waiting--;
        if (waiting == 0) {
            settled(!failed);
        }
    }

    /** Whether anybody still waits for it, or relies on it. Any thread. */
    boolean isWanted() {
        return true;
    }

    final boolean isSettled() {
        return waiting == 0;
    }

    /** Everything is done; {@code ok} is false when something was refused for good. */
    abstract void settled(boolean ok);
}
