package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Subscription;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;

/** Subscriptions as a SUBSCRIBE of any version asks for them. */
final class Wanted {
    private Wanted() {}

    /** One of {@code packet}. */
    static Subscription of(MqttSubscribeMessage packet, MqttTopicSubscription asked) {
        int identifier = (int) ClientWishes.number(
                packet.idAndPropertiesVariableHeader().properties(), MqttPropertyType.SUBSCRIPTION_IDENTIFIER, 0);
        return new Subscription(
                asked.topicFilter(),
                asked.qualityOfService().value(),
                asked.option().isNoLocal(),
                asked.option().isRetainAsPublished(),
                asked.option().retainHandling().value(),
                null,
                identifier);
    }

    /** Whether retained messages are sent for it; {@code held}: the client has it already [MQTT-3.3.1-9..11]. */
    static boolean showsRetained(Subscription asked, boolean held) {
        return switch (asked.retainHandling()) {
            case 0 -> true;
            case 1 -> !held;
            default -> false;
        };
    }
}
