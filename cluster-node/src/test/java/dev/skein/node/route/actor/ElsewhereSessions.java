package dev.skein.node.route.actor;

import dev.skein.node.route.Peer;

/** Lets tests of other packages say where sessions have their connections. */
public final class ElsewhereSessions {
    private ElsewhereSessions() {}

    /** The session has its connection on {@code peer}. */
    public static void attach(RemoteSessions sessions, long sessionId, Peer peer) {
        sessions.attached(sessionId, peer);
    }
}
