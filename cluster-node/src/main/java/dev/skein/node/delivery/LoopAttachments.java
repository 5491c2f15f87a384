package dev.skein.node.delivery;

import dev.skein.protocol.message.Reason;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The attachments of one event loop, and what concerns all of them. Confined to the loop. */
final class LoopAttachments {
    private static final long LOOK_AGAIN_MILLIS = 5000;
    private static final long NO_NODE = 0;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Claims sent again in one sweep, so that the loop also serves its clients after a node has gone. */
    private static final int RECLAIMS = 1000;

    private final Delivery delivery;
    private final EventLoop loop;
    private final List<Attachment> all = new ArrayList<>();
    private final ArrayDeque<Reclaim> reclaiming = new ArrayDeque<>();

    /** An attachment that has to do with a node that is gone, or {@link #NO_NODE}. */
    private record Reclaim(Attachment attachment, long node) {}

    LoopAttachments(Delivery delivery, EventLoop loop) {
        this.delivery = delivery;
        this.loop = loop;
    }

    void add(Attachment attachment) {
        attachment.place(all.size());
        all.add(attachment);
    }

    void remove(Attachment attachment) {
        int place = attachment.place();
        if (place >= 0) {
            Attachment last = all.removeLast();
            if (last != attachment) {
                all.set(place, last);
                last.place(place);
            }
            attachment.place(-1);
        }
    }

    /** Looks at the deadlines of all, with the present {@link System#nanoTime}. */
    void checkDeadlines(long now) {
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).checkDeadlines(now);
        }
    }

    /** Closes those that hold the most, and are silent for the longest, until {@code bytes} are free. */
    void closeLargest(long bytes) {
        List<Attachment> holders = new ArrayList<>();
        for (Attachment attachment : all) {
            if (attachment.heldBytes() > 0) {
                holders.add(attachment);
            }
        }
        long now = System.nanoTime();
        holders.sort(Comparator.comparingDouble((Attachment each) -> weight(each, now))
                .reversed());
        long freed = 0;
        for (Attachment attachment : holders) {
            if (freed >= bytes) {
                break;
            }
            long held = attachment.heldBytes();
            freed += held;
            delivery.memory().countClosed();
            attachment.close(Reason.MEMORY, "it held " + held + " bytes, among the most; " + delivery.memory());
        }
    }

    /** A client that is sending goes after one that holds as much and is silent. */
    private static double weight(Attachment attachment, long now) {
        return (double) attachment.heldBytes() * (now - attachment.lastHeard() + SECOND_NANOS);
    }

    /** The node stops: closes {@code some} each {@code millis} until none is left. */
    void closeAll(int some, int millis, CompletableFuture<Boolean> done) {
        for (int i = 0; i < some && !all.isEmpty(); i++) {
            all.getLast().close(Reason.SHUTDOWN, "the node stops");
        }
        if (all.isEmpty()) {
            done.complete(true);
        } else {
            var _ = loop.schedule(() -> closeAll(some, millis, done), millis, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A node is gone. Sessions that had their actors there are claimed again; persistent ones look into the store for
     * what it committed and did not push, now and once more when it can commit nothing any more.
     */
    void reclaimFrom(long node) {
        reclaim(node, attachment -> attachment.isClaimedOn(node) || attachment.sessionId() != 0);
        for (Attachments.Leaving leaving : delivery.attachments().leaving()) { // nobody else gets the client ID before
            Attachment attachment = leaving.attachment();
            if (attachment.context().eventLoop() == loop && attachment.isClaimedOn(node)) {
                attachment.reclaim();
            }
        }
        var _ = loop.schedule(
                () -> reclaim(node, attachment -> attachment.sessionId() != 0),
                LOOK_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Another node has left out what it had to tell persistent sessions: they look into the store. */
    void lookAgain() {
        reclaim(NO_NODE, attachment -> attachment.sessionId() != 0);
    }

    private void reclaim(long node, Predicate<Attachment> concerned) {
        for (Attachment attachment : all) {
            if (concerned.test(attachment)) {
                attachment.missed(); // at once: what is pushed next must not jump over it
                reclaiming.add(new Reclaim(attachment, node));
            }
        }
    }

    /** Goes on with what {@link #reclaimFrom} and {@link #lookAgain} have begun; called with each sweep. */
    void reclaimSome() {
        for (int i = 0; i < RECLAIMS && !reclaiming.isEmpty(); i++) {
            Reclaim next = reclaiming.remove();
            Attachment attachment = next.attachment();
            if (attachment.isClosed()) {
                continue;
            }
            if (attachment.isClaimedOn(next.node())) {
                delivery.links().figures().reclaimed();
                attachment.reclaim();
            }
            attachment.lookAgain();
        }
    }
}
