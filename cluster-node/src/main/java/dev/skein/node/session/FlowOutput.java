package dev.skein.node.session;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;

/**
 * What a flow does to the world: packets to the client and commands to the store. Called on the connection's event
 * loop; nothing blocks, and nothing calls back into the flow before it returns.
 */
public interface FlowOutput {
    /** Sends a PUBLISH. {@code packetId} is 0 at QoS 0. */
    void publish(Message message, int qos, int packetId, boolean dup, boolean retain);

    /**
     * Whether the client is to have a message that is about to be sent or to wait: it has not expired, and the client
     * takes packets of its size and messages of its publisher. One that it is not to have was counted then.
     */
    default boolean admits(Message message, int qos) {
        return true;
    }

    /** Whether the client takes a packet of this size; one that it does not take was counted then. */
    default boolean fits(Message message, int qos) {
        return true;
    }

    /** Sends a PUBREL. */
    void pubRel(int packetId);

    /** Sends a PUBREL for a packet identifier that is not in use. */
    default void pubRelUnknown(int packetId) {
        pubRel(packetId);
    }

    /** Whether the socket takes more without piling up. */
    boolean isWritable();

    /**
     * Whether publishers at QoS 1 and 2 wait for this client when its queue fills up: then what comes is what was under
     * way, and is kept.
     */
    boolean publishersWait();

    /** A live message waits in memory; {@link #waitsNoMore} follows when it is sent, dropped or given up. */
    default void waits(Message message) {}

    /** See {@link #waits}. */
    default void waitsNoMore(Message message) {}

    /** A message was not sent and will not be: the queue behind the connection was full. */
    void dropped(Message message);

    /** The queue is full and the setting says to close the connection. */
    void queueFull();

    /** The client has acknowledged a stored message, or got its one push. */
    void acknowledge(MessageId id);

    /** Records the packet identifier of a QoS 2 message; {@link OutboundFlow#sentCommitted} follows. */
    void sent(MessageId id, int packetId);

    /** Records a PUBREC; {@link OutboundFlow#receivedCommitted} follows. */
    void received(MessageId id, int packetId);

    /** Records a PUBCOMP of a stored message. */
    void completed(int packetId);

    /** Whether a stored live message has to wait: the retained message of its topic comes first. */
    default boolean holds(Message message) {
        return false;
    }

    /** Whether a stored retained message is left out: a newer live one of its topic was sent to the client. */
    default boolean isOvertaken(Message retained) {
        return false;
    }

    /** Asks for the next piece of the session's queue; {@link OutboundFlow#onPage} follows. */
    void page(QueueCursor after);
}
