package dev.skein.node.delivery;

import dev.skein.node.route.Peer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What the links of this node show of themselves. Thread-safe; figures of a loop are a moment old. */
final class LinkFigures {
    private final Map<Peer, AtomicLongArray> pending = new ConcurrentHashMap<>();
    private final LongAdder resent = new LongAdder();
    private final LongAdder leftOut = new LongAdder();
    private final LongAdder reclaimed = new LongAdder();

    void joined(Peer peer, int loops) {
        pending.put(peer, new AtomicLongArray(loops));
    }

    void left(Peer peer) {
        pending.remove(peer);
    }

    /** So many bytes of loop {@code loop} are not yet taken by {@code peer}. */
    void pending(Peer peer, int loop, long bytes) {
        AtomicLongArray ofPeer = pending.get(peer);
        if (ofPeer != null) {
            ofPeer.set(loop, bytes);
        }
    }

    /** Segments were sent once more. */
    void resent(int segments) {
        resent.add(segments);
    }

    /** A message that is in the store was not pushed over a full link. */
    void leftOut() {
        leftOut.increment();
    }

    /** A connection has said its claim again, because the node of its session's actor is gone. */
    void reclaimed() {
        reclaimed.increment();
    }

    /** Bytes that the node at {@code address} has not yet taken. */
    long pendingTo(String address) {
        long sum = 0;
        for (Map.Entry<Peer, AtomicLongArray> each : pending.entrySet()) {
            if (each.getKey().address().equals(address)) {
                for (int i = 0; i < each.getValue().length(); i++) {
                    sum += each.getValue().get(i);
                }
            }
        }
        return sum;
    }

    /** Whether some incarnation of the node at {@code address} is linked. */
    boolean knows(String address) {
        return pending.keySet().stream().anyMatch(peer -> peer.address().equals(address));
    }

    long resent() {
        return resent.sum();
    }

    long pushesLeftOut() {
        return leftOut.sum();
    }

    long claimsSentAgain() {
        return reclaimed.sum();
    }
}
