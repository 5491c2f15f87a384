package dev.skein.node.session.actor;

import dev.skein.persistence.api.SessionKey;

/** What becomes of the will of a connection that has ended. Methods return at once; called on an actor's thread. */
public interface WillPublisher {
    /** Publishes the will of a client that left without DISCONNECT [MQTT-3.1.2-8], and forgets it then. */
    void publish(SessionKey client, long connectionId, Will will);

    /** Forgets the will [MQTT-3.1.2-10]. */
    void drop(long connectionId);
}
