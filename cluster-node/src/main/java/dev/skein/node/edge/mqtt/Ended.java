package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Reason;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Stands behind the packets that wait: what the client sent before it went, or went wrong, still counts. */
record Ended(Reason reason, String detail) {
    /**
     * Whether the end of the connection is among {@code waiting}: DISCONNECT, a closed socket, a packet that is wrong.
     */
    static boolean isIn(@Nullable Collection<Object> waiting) {
        return waiting != null && (waiting.stream().anyMatch(Ended.class::isInstance) || holdDisconnect(waiting));
    }

    /** Whether the client has said DISCONNECT, and it waits behind something: it counts [MQTT-3.14.4-3]. */
    static boolean holdDisconnect(@Nullable Collection<Object> waiting) {
        return waiting != null && waiting.stream().anyMatch(Ended::isDisconnect);
    }

    /** Whether it is a DISCONNECT that takes the will with it. */
    private static boolean isDisconnect(Object packet) {
        return packet instanceof MqttMessage message
                && message.fixedHeader().messageType() == MqttMessageType.DISCONNECT
                && !(message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                        && header.reasonCode() != 0);
    }
}
