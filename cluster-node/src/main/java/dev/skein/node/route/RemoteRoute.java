package dev.skein.node.route;

/** That another node has live subscribers of a filter; how many, only that node knows. */
public final class RemoteRoute extends TrieEntry {
    private final Peer peer;

    /** Messages that match go to {@code peer}, once each. */
    public RemoteRoute(Peer peer) {
        this.peer = peer;
    }

    /** The node that has the subscribers. */
    public Peer peer() {
        return peer;
    }
}
