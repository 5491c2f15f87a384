package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.Identity;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Instance;
import dev.skein.node.observe.DropReason;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Will;
import dev.skein.protocol.topic.TopicNames;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import org.jspecify.annotations.Nullable;

/** Reads the will of CONNECT. */
final class ConnectWill {
    private ConnectWill() {}

    /**
     * The will of {@code message}, or null also when nobody would get it: the connection is none the worse for it.
     *
     * @param who for the log
     */
    static @Nullable Will of(
            MqttConnectMessage message, Instance instance, Identity identity, EdgeShared shared, String who) {
        Will will = read(message);
        TopicRules.Violation broken = will == null
                ? null
                : TopicRules.publish(
                        instance.view(), will.topic(), will.content().bytes());
        if (will == null || broken == null || broken.consequence() != TopicRules.Consequence.DROP_MESSAGE) {
            return will;
        }
        shared.delivery()
                .observers()
                .topic(instance.id(), TopicNames.parent(will.topic()))
                .refused(
                        Origin.client(Origin.MQTT, identity.clientId()),
                        will.topic(),
                        will.qos(),
                        will.content().bytes(),
                        DropReason.NOT_AUTHORIZED);
        shared.log().line(who + " will dropped", broken.detail());
        return null;
    }

    private static @Nullable Will read(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        if (!header.isWillFlag()) {
            return null;
        }
        byte[] payload = message.payload().willMessageInBytes();
        MqttProperties properties = message.payload().willProperties();
        return new Will(
                message.payload().willTopic(),
                new Content(payload == null ? new byte[0] : payload, WillProperties.of(properties)),
                header.willQos(),
                header.isWillRetain(),
                PropertyValues.number(properties, MqttProperties.WILL_DELAY_INTERVAL, 0),
                PropertyValues.number(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL, 0));
    }
}
