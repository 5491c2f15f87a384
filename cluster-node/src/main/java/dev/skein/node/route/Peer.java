package dev.skein.node.route;

/**
 * Another node of the cluster as a receiver of messages: one incarnation of it, from its start to its end. Compared by
 * identity; immutable.
 */
public final class Peer {
    private final long uid;
    private final String address;

    /**
     * One incarnation of a node.
     *
     * @param uid unique over nodes and restarts
     * @param address where it is reached, {@code host:port}; the same after a restart
     */
    public Peer(long uid, String address) {
        this.uid = uid;
        this.address = address;
    }

    /** Unique over nodes and restarts. */
    public long uid() {
        return uid;
    }

    /** {@code host:port}. */
    public String address() {
        return address;
    }

    @Override
    public String toString() {
        return address + "#" + uid;
    }
}
