package dev.skein.node.delivery;

import dev.skein.node.route.Peer;
import dev.skein.node.session.FlowSettings;
import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages of QoS 1 and 2 that one event loop has handed to live members of shared subscriptions on other nodes, each
 * until that node says that the member has taken it. Publishers are acknowledged when the other node has the message.
 * Beyond a bound of bytes a publisher is acknowledged only when the member has taken it, so that what is kept is
 * bounded by that and the windows of publishers. Confined to the loop.
 */
final class SharedKept {
    private final long maxBytes;
    private final Map<Long, Kept> kept = new LinkedHashMap<>();
    private long tickets;
    private long bytes;

    /**
     * One message.
     *
     * @param tally of the publisher that waits until it is taken, or null
     */
    record Kept(Peer peer, Message message, @Nullable PublishTally tally) {
        private long bytes() {
            return (long) message.bytes() + FlowSettings.MESSAGE_BYTES;
        }
    }

    SharedKept(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Keeps a message that goes to {@code peer}; returns its ticket, which is not 0. */
    long keep(Peer peer, Message message, PublishTally tally) {
        boolean waits = bytes >= maxBytes;
        if (waits) {
            tally.expect();
        }
        Kept made = new Kept(peer, message, waits ? tally : null);
        bytes += made.bytes();
        kept.put(++tickets, made);
        return tickets;
    }

    /** A member has taken the message of that ticket; one that is not known was taken before. */
    void taken(long ticket) {
        Kept taken = kept.remove(ticket);
        if (taken != null) {
            bytes -= taken.bytes();
            if (taken.tally() != null) {
                taken.tally().done(true);
            }
        }
    }

    /** That node is gone: returns what its members had not taken, in the order in which it was handed to them. */
    List<Kept> left(Peer peer) {
        return remove(each -> each.peer().equals(peer));
    }

    /** Forgets what was not acknowledged to publishers that are gone: they send it again. */
    void sweep() {
        if (bytes >= maxBytes) {
            var _ = remove(each -> each.tally() != null && !each.tally().isWanted());
        }
    }

    private List<Kept> remove(Predicate<Kept> gone) {
        List<Kept> removed = new ArrayList<>();
        for (Iterator<Kept> next = kept.values().iterator(); next.hasNext(); ) {
            Kept each = next.next();
            if (gone.test(each)) {
                next.remove();
                bytes -= each.bytes();
                removed.add(each);
            }
        }
        return removed;
    }

    /** What is kept takes so many bytes. */
    long bytes() {
        return bytes;
    }
}
