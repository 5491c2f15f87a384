package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Properties;
import io.netty.handler.codec.mqtt.MqttProperties;
import org.jspecify.annotations.Nullable;

/** What a CONNECT says of the message of its will (MQTT 5 section 3.1.3.2), for those who receive it. */
final class WillProperties {
    private WillProperties() {}

    /** Null when it says nothing. */
    static @Nullable Properties of(MqttProperties said) {
        Properties.Builder builder = new Properties.Builder();
        int format = (int) PropertyValues.number(said, MqttProperties.PAYLOAD_FORMAT_INDICATOR, -1);
        if (format >= 0) {
            builder.payloadFormat(format);
        }
        if (PropertyValues.of(said, MqttProperties.CONTENT_TYPE) instanceof String type) {
            builder.contentType(type);
        }
        if (PropertyValues.of(said, MqttProperties.RESPONSE_TOPIC) instanceof String topic) {
            builder.responseTopic(topic);
        }
        if (PropertyValues.of(said, MqttProperties.CORRELATION_DATA) instanceof byte[] data) {
            builder.correlationData(data);
        }
        if (said.getProperty(MqttProperties.USER_PROPERTY) instanceof MqttProperties.UserProperties users) {
            users.value().forEach(each -> builder.user(each.key, each.value));
        }
        return builder.build();
    }
}
