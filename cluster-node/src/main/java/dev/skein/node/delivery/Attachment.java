package dev.skein.node.delivery;

import dev.skein.node.route.Subscriber;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The live end of a session on an event loop, whatever its protocol: what delivery and claims need of it. Confined to
 * its event loop but for {@link #loop}, {@link #context}, {@link #sessionId}, {@link #congestion} and {@link #tell}.
 */
public interface Attachment extends Subscriber {
    /** Its event loop. Any thread. */
    LoopContext context();

    /** Identity of the persistent session, 0 when it is clean or not known yet. Any thread. */
    long sessionId();

    /** Whose it is; null before that is known. */
    @Nullable
    SessionKey key();

    /** Whether it has ended; nothing is sent to it any more. */
    boolean isClosed();

    /** Whether who publishes to it has to wait. Any thread for what publishers ask. */
    Congestion congestion();

    @Override
    default boolean isBehind() {
        return congestion().blocks(false);
    }

    /** Takes a message of the persistent session right after its commit. */
    void push(MessageId id, Message message, int qos, boolean retain);

    /** The session takes no push before it has read on in the store: what was committed was not pushed. */
    void missed();

    /** The session reads on in the store. */
    void lookAgain();

    /** Sends what was collected; called at the end of a round in which it was {@link LoopContext#markDirty marked}. */
    void flush();

    /** Called a few times each second with the present {@link System#nanoTime}. */
    void checkDeadlines(long now);

    /** Bytes of memory that it holds beside its objects. */
    long heldBytes();

    /** When its client was heard of, as {@link System#nanoTime}. */
    long lastHeard();

    /** Ends it; the first reason counts. */
    void close(Reason reason, String detail);

    /** An actor says something to it. Any thread. */
    void tell(ConnectionEvent event);

    /** The claim of an attachment that holds its client ID, or null. */
    SessionCommand.@Nullable Attach held();

    /** Whether the actor of its session is, as far as is known, on the node {@code uid}. */
    boolean isClaimedOn(long uid);

    /** The actor of its session is gone: the client ID is claimed again. */
    void reclaim();

    /** Place in the list of its loop, which alone uses it; -1 when it is in none. */
    int place();

    /** See {@link #place()}. */
    void place(int next);
}
