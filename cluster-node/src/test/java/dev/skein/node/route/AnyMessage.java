package dev.skein.node.route;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;

/** Makes messages of which a test needs the half alone. */
public final class AnyMessage {
    private AnyMessage() {}

    /** One whose identity does not matter. */
    public static Message of(String instance, TopicName topic, byte[] payload, int qos, boolean retain) {
        return of(instance, topic, payload, qos, retain, new MessageId(0, 0));
    }

    /** One of an unknown origin. */
    public static Message of(String instance, TopicName topic, byte[] payload, int qos, boolean retain, MessageId id) {
        return new Message(instance, topic, Content.of(payload), qos, retain, Origin.UNKNOWN, id);
    }
}
