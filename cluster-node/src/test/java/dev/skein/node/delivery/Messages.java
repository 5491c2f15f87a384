package dev.skein.node.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.route.AnyMessage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;

/** Messages of tests: a topic, a text, a QoS. */
public final class Messages {
    private Messages() {}

    /** A message of the instance of {@link TestDelivery}, with an identity of its own. */
    public static Message message(LoopContext by, String topic, String text, int qos) {
        return of(by, topic, text, qos, false);
    }

    /** As {@link #message}, to be retained. */
    public static Message retained(LoopContext by, String topic, String text, int qos) {
        return of(by, topic, text, qos, true);
    }

    private static Message of(LoopContext by, String topic, String text, int qos, boolean retain) {
        byte[] payload = text.getBytes(UTF_8);
        MessageId id = by.ids().next();
        return AnyMessage.of(TestDelivery.INSTANCE, TopicName.of(topic), payload, qos, retain, id);
    }

    /** Its text. */
    public static String text(Message message) {
        return new String(message.payload(), UTF_8);
    }
}
