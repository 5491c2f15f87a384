package dev.skein.node.route;

import dev.skein.protocol.message.Message;

/** A live connection of this node that messages can be handed to. */
public interface Subscriber {
    /** Index of the event loop that the connection belongs to, 0..loops-1; fixed. */
    int loop();

    /** Messages that its client has not taken or acknowledged, as of a moment ago. Any thread. */
    default int load() {
        return 0;
    }

    /** Whether who publishes to it at QoS 1 or 2 has to wait, were it one of several. Any thread. */
    default boolean isBehind() {
        return false;
    }

    /**
     * Takes one message for sending. Called on the connection's own event loop only; never blocks.
     *
     * @param qos QoS of this delivery, 0..2
     */
    void deliver(Message message, int qos);
}
