package dev.skein.node.route;

/** A subscription that lives with its connection: one of a clean session, on this node. */
public final class LocalRoute extends TrieEntry {
    private final Subscriber subscriber;
    private final int qos;

    /** {@code qos} is the maximum granted, 0..2. */
    public LocalRoute(Subscriber subscriber, int qos) {
        this.subscriber = subscriber;
        this.qos = qos;
    }

    /** Who subscribed. */
    public Subscriber subscriber() {
        return subscriber;
    }

    /** Maximum QoS granted, 0..2. */
    public int qos() {
        return qos;
    }
}
