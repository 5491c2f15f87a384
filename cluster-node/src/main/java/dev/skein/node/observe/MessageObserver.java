package dev.skein.node.observe;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;

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

        /** Its connection, as in {@link PresenceObserver.Client#connectionId}. */
        default long connectionId() {
            return 0;
        }

        /** Whether it has a session that keeps messages while it is away. */
        default boolean isPersistent() {
            return false;
        }

        /** Since when it has been connected, in milliseconds since the Unix epoch. */
        default long connectedAt() {
            return 0;
        }
    }

    /** A message was taken from its publisher. */
    void received(Message message);

    /** A publisher sent a QoS 2 message again that was taken already; {@code bytes} long. */
    void repeated(int bytes);

    /** A message was not taken: {@code bytes} long, of QoS 0..2, from {@code origin}. */
    void refused(Origin origin, String topic, int qos, int bytes, DropReason why);

    /**
     * The store has committed it for {@code receivers} persistent sessions, under the identity that it has now;
     * {@code received} is the one that it was received under.
     */
    void stored(MessageId received, Message message, int receivers);

    /**
     * It was written to a subscriber's connection, at QoS 0..2.
     *
     * @param again whether that was so before, by an earlier connection: it was not acknowledged
     * @return whether {@link #acknowledged} is to be called for it; never at QoS 0
     */
    boolean delivered(Message message, int qos, boolean again, Receiver receiver);

    /**
     * A subscriber has acknowledged what was delivered to it at QoS 1 or 2, where {@link #delivered} has asked for
     * that.
     */
    default void acknowledged(MessageId id, TopicName topic, int qos, Receiver receiver) {}

    /** {@code deliveries} of it came to nothing; or the message itself, where the reason says so. */
    void dropped(Message message, DropReason why, int deliveries);

    /**
     * It waited in memory for {@code receiver}, whose connection has ended: it is gone. Not counted among the dropped.
     */
    default void givenUp(Message message, Receiver receiver) {}

    /** The delivery of it to {@code receiver} came to nothing. */
    default void dropped(Message message, DropReason why, Receiver receiver) {
        dropped(message, why, 1);
    }
}
