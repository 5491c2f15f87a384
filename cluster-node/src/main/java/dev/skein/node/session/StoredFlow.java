package dev.skein.node.session;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way from a session's queue in the store to its connection.
 *
 * <p>It is live or behind. Live: each message comes as a push after its commit. Behind: pushes are only noted, and the
 * queue is read page by page as the client acknowledges, so that what waits costs no memory. It turns live when a page
 * reached the end and no push came since it was asked for; since a push follows its commit, each committed message is
 * either on a page or pushed, and the cursor removes doubles.
 */
public final class StoredFlow {
    /** Stands for a stored message whose entry is gone and whose packet identifier is kept. */
    public static final MessageId RELEASED = new MessageId(0, 0);

    private static final int BUFFER_MAX = 256;
    private static final int BUFFER_LOW = 64;

    private final InflightWindow window;
    private final FlowOutput out;
    private final Resolver resolver;
    private final QueueCursor cursor = new QueueCursor();
    private final ArrayDeque<Stored> buffer = new ArrayDeque<>();
    /** Live messages whose topic's retained message has to come first. */
    private final ArrayDeque<Stored> held = new ArrayDeque<>(0);

    private final ArrayDeque<Stored> awaitingSentCommit = new ArrayDeque<>();
    private boolean live;
    private boolean pageAsked;
    private boolean missed;
    private boolean replaying = true;
    private boolean endSeen;

    private record Stored(MessageId id, Message message, int qos, boolean retain, int packetId) {}

    /** Makes a message of what the store holds. */
    public interface Resolver {
        /** Called on the event loop; null when it is not for the client any more, and leaves the queue. */
        @Nullable
        Message resolve(QueuedMessage stored);
    }

    StoredFlow(InflightWindow window, FlowOutput out, Resolver resolver) {
        this.window = window;
        this.out = out;
        this.resolver = resolver;
    }

    void start() {
        ask();
    }

    void push(MessageId id, Message message, int qos, boolean retain) {
        if (!live || buffer.size() + held.size() >= BUFFER_MAX) {
            lookAgain();
            return;
        }
        if (cursor.covers(id)) {
            return;
        }
        cursor.advance(id);
        add(new Stored(id, message, qos, retain, 0));
        drain();
    }

    private void add(Stored next) {
        boolean fresh = !next.retain() && next.packetId() == 0;
        boolean waits = fresh && (!held.isEmpty() || out.holds(next.message()));
        (waits ? held : buffer).add(next);
    }

    /** What {@link FlowOutput#holds} has held may go out. */
    void release() {
        buffer.addAll(held);
        held.clear();
        drain();
    }

    /** See {@link ReplayGate#holdsCopy}. */
    boolean holdsCopy(String topic, byte[] payload) {
        return held.stream().anyMatch(each -> ReplayGate.isCopy(each.message(), topic, payload));
    }

    /** See {@link OutboundFlow#hasReached}: too much that is held stands before the page with it. */
    boolean hasReached(MessageId id) {
        return cursor.covers(id) || (!live && !pageAsked && !held.isEmpty());
    }

    /** Whether everything in the store was sent, as far as is known. */
    boolean isCaughtUp() {
        return live && buffer.isEmpty() && held.isEmpty();
    }

    /**
     * Messages may have been committed and not pushed: no later push is taken before the queue was read on, which
     * begins with the next push or {@link #lookAgain}.
     */
    void missed() {
        live = false;
        missed = true;
    }

    /** As {@link #missed}, and the queue is read on now from where it was read to. */
    void lookAgain() {
        missed();
        drain();
    }

    void onPage(QueuePage page) {
        pageAsked = false;
        for (QueuedMessage stored : page.messages()) {
            if (!cursor.covers(stored.id())) {
                cursor.advance(stored.id());
                Message message = resolver.resolve(stored);
                if (message == null) {
                    window.unreserve(stored.sentPacketId());
                    out.acknowledge(stored.id());
                } else {
                    add(new Stored(stored.id(), message, stored.qos(), stored.retain(), stored.sentPacketId()));
                }
            }
        }
        endSeen |= !page.more();
        live = !page.more() && !missed;
        drain();
    }

    void onPageFailed() {
        pageAsked = false;
        ask();
    }

    void sentCommitted(int packetId) {
        // Records are committed in the order in which they were given.
        Stored head = awaitingSentCommit.poll();
        if (head != null) {
            out.publish(head.message(), head.qos(), packetId, false, head.retain());
            drain();
        }
    }

    /** Whether messages with packet identifiers of an earlier connection may still be to come; they come first. */
    boolean isReplaying() {
        return replaying;
    }

    int buffered() {
        return buffer.size() + awaitingSentCommit.size();
    }

    void drain() {
        while (!buffer.isEmpty() && out.isWritable()) {
            Stored head = buffer.peek();
            replaying &= head.packetId() != 0;
            if (!send(head)) {
                break;
            }
            buffer.remove();
        }
        replaying &= !(endSeen && buffer.isEmpty());
        if (!live && !pageAsked && buffer.size() + held.size() <= BUFFER_LOW) {
            ask();
        }
    }

    private boolean send(Stored head) {
        if (head.packetId() != 0) {
            if (window.state(head.packetId()) != InflightWindow.FREE) {
                return false; // given anew after a crash that came round to it; it is free soon
            }
            if (!window.hasRoom()) {
                return false; // the client takes fewer at once than it did before
            }
            if (!out.fits(head.message(), head.qos())) { // it may have expired: it was sent before [MQTT-4.3.3-7]
                window.unreserve(head.packetId());
                out.acknowledge(head.id());
                return true;
            }
            byte state = head.qos() == 1 ? InflightWindow.AWAIT_ACK : InflightWindow.AWAIT_REC;
            window.restore(head.packetId(), state, head.id());
            out.publish(head.message(), head.qos(), head.packetId(), true, head.retain()); // [MQTT-3.3.1-1]
            return true;
        }
        if (head.retain() && out.isOvertaken(head.message())) {
            out.acknowledge(head.id());
            return true;
        }
        if (!out.admits(head.message(), head.qos())) {
            out.acknowledge(head.id());
            return true;
        }
        if (head.qos() == 2) {
            if (!window.hasRoom()) {
                return false;
            }
            int packetId = window.take(InflightWindow.AWAIT_SENT_COMMIT, head.id());
            awaitingSentCommit.add(head);
            out.sent(head.id(), packetId);
            return true;
        }
        if (!awaitingSentCommit.isEmpty()) {
            return false; // nothing overtakes a message that waits for its record
        }
        if (head.qos() == 0) {
            out.publish(head.message(), 0, 0, false, head.retain());
            out.acknowledge(head.id());
            return true;
        }
        if (!window.hasRoom()) {
            return false;
        }
        int packetId = window.take(InflightWindow.AWAIT_ACK, head.id());
        out.publish(head.message(), 1, packetId, false, head.retain());
        return true;
    }

    private void ask() {
        missed = false;
        pageAsked = true;
        out.page(cursor.copy());
    }
}
