package dev.skein.node.route;

/**
 * Another node of the cluster as a receiver of messages: one incarnation of it, from its start to its end. Compared by
 * identity; immutable.
 */
public final class Peer {
    private final long uid;
    private final String address;
    private final int frames;

    /**
     * One incarnation of a node.
     *
     * @param uid unique over nodes and restarts
     * @param address where it is reached, {@code host:port}; the same after a restart
     * @param frames version of the frames that it reads
     */
    public Peer(long uid, String address, int frames) {
        this.uid = uid;
        this.address = address;
        this.frames = frames;
    }

    /** Unique over nodes and restarts. */
    public long uid() {
        return uid;
    }

    /** {@code host:port}. */
    public String address() {
        return address;
    }

    /** Version of the frames that it reads. */
    public int frames() {
        return frames;
    }

    @Override
    public String toString() {
        return address + "#" + uid;
    }
}
