package dev.skein.node.delivery;

import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Will;
import java.util.concurrent.CompletionStage;

/** Looks after the wills of this node's connections. Any thread; nothing blocks. */
public interface WillPublisher {
    /** Keeps a will so that it outlives this node; completes when that is certain. */
    CompletionStage<Void> keep(SessionKey client, long connectionId, Will will);

    /**
     * Publishes the will of a client that left without DISCONNECT [MQTT-3.1.2-8], and forgets it then. Completes when
     * everybody has it and nobody publishes it any more, however long that takes; never fails.
     */
    CompletionStage<Void> publish(SessionKey client, long connectionId, Will will);

    /**
     * Has the will of a client that left without DISCONNECT wait for its delay or for the end of its session, whichever
     * is first [MQTT-3.1.3-9]. Completes when that is in the store; never fails.
     *
     * @param seconds how long the one that is first takes, 1 at the least
     */
    CompletionStage<Void> delay(SessionKey client, long connectionId, Will will, long seconds);

    /** Forgets the will [MQTT-3.1.2-10]. Completes when nobody publishes it any more; never fails. */
    CompletionStage<Void> drop(long connectionId);
}
