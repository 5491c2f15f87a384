package dev.skein.node.session.actor;

/** Publishes the will of a client that left without DISCONNECT [MQTT-3.1.2-8]. */
public interface WillPublisher {
    /** Returns at once; called on an actor's thread. */
    void publish(String instance, String clientId, Will will);
}
