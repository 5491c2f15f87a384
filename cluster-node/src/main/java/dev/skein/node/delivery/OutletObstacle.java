package dev.skein.node.delivery;

/** Publishers at QoS 1 and 2 wait for an outlet whose queue is full. Thread-safe. */
public final class OutletObstacle extends Obstacle {
    /** An open one; {@code held} counts those that are not. */
    public OutletObstacle(HeldPublishers held) {
        super(held);
    }

    /** Whether they wait from now on. */
    public void full(boolean full) {
        set(full ? ALL : OPEN);
    }

    /** Lets those go that wait and are gone; the others wait again. Called now and then. */
    public void sweep() {
        if (blocks(false)) {
            release();
        }
    }
}
