package dev.skein.node.observe;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;

/**
 * Hears what becomes of the messages of one parent topic of one instance on this node, step by step. Called by whatever
 * thread takes the step, mostly an event loop: it must not block, and what it allocates each message pays for. What it
 * throws ends the connection.
 */
public interface MessageObserver {
    /** Who a message is delivered to. Asked only by who wants to know: of many receivers little is in the caches. */
    interface Receiver {
        /** Its client ID. */
        String clientId();
    }

    /** A message was taken from its publisher. */
    void received(Message message);

    /** A publisher sent a QoS 2 message again that was taken already; {@code bytes} long. */
    void repeated(int bytes);

    /** A message was not taken: {@code bytes} long, of QoS 0..2, from {@code origin}. */
    void refused(Origin origin, String topic, int qos, int bytes, DropReason why);

    /** The store has committed it for {@code receivers} persistent sessions, under the identity that it has now. */
    void stored(Message message, int receivers);

    /** It was written to a subscriber's connection, at QoS 0..2. */
    void delivered(Message message, int qos, Receiver receiver);

    /** {@code deliveries} of it came to nothing; or the message itself, where the reason says so. */
    void dropped(Message message, DropReason why, int deliveries);
}
