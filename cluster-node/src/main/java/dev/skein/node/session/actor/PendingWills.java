package dev.skein.node.session.actor;

import dev.skein.persistence.api.SessionKey;
import java.util.concurrent.CompletionStage;

/**
 * Wills that no connection looks after any more: those of nodes that are gone, and of connections that do not end in
 * time. Thread-safe; nothing blocks.
 */
public interface PendingWills {
    /** Whether there may be wills of nodes that are gone; they are looked for one client at a time then. */
    boolean possible();

    /**
     * Publishes the wills of the client's connections on nodes that are gone, those that wait, and that of one more
     * connection.
     *
     * @param connectionId of a connection that does not end in time, or 0
     * @param takenUp whether the session goes on: wills whose delay has not passed are forgotten then [MQTT-3.1.3-9]
     * @return completes when everybody has them; fails when the store does not tell them
     */
    CompletionStage<Void> settle(SessionKey client, long connectionId, boolean takenUp);

    /** Forgets the will of a connection whose client has said DISCONNECT; completes when nobody publishes it. */
    CompletionStage<Void> drop(long connectionId);
}
