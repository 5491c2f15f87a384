package dev.skein.node.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.route.Message;
import dev.skein.protocol.mqtt.codec.TopicName;

/** Messages of tests: a topic, a text, a QoS. */
public final class Messages {
    private Messages() {}

    /** A message of the instance of {@link TestDelivery}, with an identity of its own. */
    public static Message message(LoopContext by, String topic, String text, int qos) {
        return identified(by, of(topic, text, qos, false));
    }

    /** As {@link #message}, to be retained. */
    public static Message retained(LoopContext by, String topic, String text, int qos) {
        return identified(by, of(topic, text, qos, true));
    }

    /** Without an identity. */
    public static Message of(String topic, String text, int qos, boolean retain) {
        return new Message(TestDelivery.INSTANCE, TopicName.of(topic), text.getBytes(UTF_8), qos, retain);
    }

    private static Message identified(LoopContext by, Message message) {
        by.ids().identify(message);
        return message;
    }

    /** Its text. */
    public static String text(Message message) {
        return new String(message.payload(), UTF_8);
    }
}
