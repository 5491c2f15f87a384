package dev.skein.node.edge.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import org.jspecify.annotations.Nullable;

/** Single properties of a packet (MQTT 5 section 2.2.2.2), whose types and ranges the decoder has checked. */
final class PropertyValues {
    private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

    private PropertyValues() {}

    /** The value of a property that may stand once, or null: it is not there. */
    static @Nullable Object of(MqttProperties properties, int type) {
        MqttProperties.MqttProperty<?> found = properties.getProperty(type);
        return found == null ? null : found.value();
    }

    /** An unsigned number of at most four bytes. */
    static long number(MqttProperties properties, int type, long otherwise) {
        return of(properties, type) instanceof Integer value ? value & UNSIGNED_INT : otherwise;
    }
}
