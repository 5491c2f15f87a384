package dev.skein.node.route.actor;

import dev.skein.node.route.Peer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which other node has the connection of a persistent session. Thread-safe; reading takes no lock. */
public final class RemoteSessions {
    private final ConcurrentHashMap<Long, Peer> bySession = new ConcurrentHashMap<>();

    /** Nobody is connected elsewhere. */
    public RemoteSessions() {}

    /** The node that has the session's connection, or null. */
    public @Nullable Peer find(long sessionId) {
        return bySession.isEmpty() ? null : bySession.get(sessionId);
    }

    /** Number of sessions connected elsewhere. */
    public int size() {
        return bySession.size();
    }

    void attached(long sessionId, Peer peer) {
        bySession.put(sessionId, peer);
    }

    /** The session may have moved on meanwhile. */
    void detached(long sessionId, Peer peer) {
        bySession.remove(sessionId, peer);
    }
}
