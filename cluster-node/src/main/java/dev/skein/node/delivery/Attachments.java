package dev.skein.node.delivery;

import dev.skein.node.route.actor.RouteSync;
import dev.skein.persistence.api.SessionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The attachments of a node: by client, by persistent session and by connection. One that is closed and has not left
 * its client ID yet is among the leaving ones. Thread-safe.
 */
public final class Attachments {
    private static final int LOOK_AGAIN_AT_ONCE = 1000;

    private final List<LoopContext> loops;
    private final ConcurrentHashMap<SessionKey, Attachment> clients = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<SessionKey, Leaving> leaving = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Attachment> sessions = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Attachment> connections = new ConcurrentHashMap<>();

    /**
     * An attachment that is closed and still has its client ID.
     *
     * @param graceful whether its client has said that it leaves
     * @param left completes when its session's actor is told that it has gone
     */
    public record Leaving(Attachment attachment, boolean graceful, CompletableFuture<Void> left) {}

    Attachments(List<LoopContext> loops) {
        this.loops = loops;
    }

    /** The live attachment of a client ID on this node, or null. */
    public @Nullable Attachment client(SessionKey key) {
        return clients.get(key);
    }

    /** Keys of all clients attached here. */
    public Set<SessionKey> clientKeys() {
        return clients.keySet();
    }

    /** All clients attached here. */
    public Collection<Attachment> clients() {
        return clients.values();
    }

    /** {@code attachment} has the client ID from now on; returns the one that had it, or null. */
    public @Nullable Attachment put(SessionKey key, Attachment attachment) {
        return clients.put(key, attachment);
    }

    /** {@code attachment} is closed and leaves: who looks for its client finds it in one of the two maps. */
    public Leaving leaves(SessionKey key, Attachment attachment, boolean graceful) {
        Leaving entry = new Leaving(attachment, graceful, new CompletableFuture<>());
        leaving.put(key, entry);
        clients.remove(key, attachment);
        return entry;
    }

    /** What {@link #leaves} returned has left its client ID; who waits for it hears of that from the caller. */
    public void left(SessionKey key, Leaving entry) {
        leaving.remove(key, entry);
    }

    /** The attachment that leaves the client ID, or null; ask for {@link #client} first. */
    public @Nullable Leaving leaving(SessionKey key) {
        return leaving.get(key);
    }

    /** All that are leaving. */
    Collection<Leaving> leaving() {
        return leaving.values();
    }

    /** How a closed attachment leaves its client ID; null when it has left it, or had none. */
    public @Nullable Leaving leavingOf(Attachment attachment) {
        SessionKey key = attachment.key();
        Leaving found = key == null ? null : leaving.get(key);
        return found != null && found.attachment() == attachment ? found : null;
    }

    /** The live attachment of a persistent session on this node, or null. */
    public @Nullable Attachment session(long sessionId) {
        return sessions.get(sessionId);
    }

    /** Persistent sessions attached here. */
    Set<Long> sessionIds() {
        return sessions.keySet();
    }

    /** Pushes to the session come to {@code attachment} from now on. */
    public void putSession(long sessionId, Attachment attachment) {
        sessions.put(sessionId, attachment);
    }

    /** Pushes come here no more; false when another attachment has the session already. */
    public boolean removeSession(long sessionId, Attachment attachment) {
        return sessions.remove(sessionId, attachment);
    }

    /** The attachment of a connection id, from its claim until it has left; or null. */
    public @Nullable Attachment connection(long connectionId) {
        return connections.get(connectionId);
    }

    /** See {@link #connection}. */
    public void putConnection(long connectionId, Attachment attachment) {
        connections.put(connectionId, attachment);
    }

    /** See {@link #connection}. */
    public void removeConnection(long connectionId) {
        connections.remove(connectionId);
    }

    /** Connections from their claim until they have left their sessions. */
    public int connectionCount() {
        return connections.size();
    }

    /** How sessions attached here hear that others did not push to them. */
    RouteSync.Unpushed unpushed() {
        return new RouteSync.Unpushed() {
            @Override
            public void missed(List<Long> missing) {
                each(missing, Attachment::missed);
            }

            @Override
            public void lookAgain(List<Long> concerned) {
                if (concerned.size() > LOOK_AGAIN_AT_ONCE) {
                    loops.forEach(loop -> loop.execute(loop.attachments()::lookAgain)); // one after another
                } else {
                    each(concerned, Attachment::lookAgain);
                }
            }
        };
    }

    private void each(List<Long> concerned, Consumer<Attachment> task) {
        Map<Integer, List<Attachment>> byLoop = new HashMap<>();
        for (long session : concerned) {
            Attachment online = session(session);
            if (online != null) {
                byLoop.computeIfAbsent(online.loop(), _ -> new ArrayList<>()).add(online);
            }
        }
        byLoop.forEach((loop, some) -> loops.get(loop).execute(() -> some.forEach(task)));
    }
}
