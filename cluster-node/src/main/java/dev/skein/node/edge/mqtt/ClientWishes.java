package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.SessionTerm;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asks for beside who it is (MQTT 5 section 3.1.2.11); one of MQTT 3.1.1 asks for nothing.
 *
 * @param term how the session begins and ends
 * @param receiveMaximum messages of QoS 1 and 2 that the client takes without having acknowledged them, 1..65535
 * @param maximumPacketSize largest packet that the client takes, in bytes, 1..4294967295
 * @param aliasMaximum topic aliases that the client takes, 0..65535
 * @param responseInformation whether it asks where the topics of responses begin
 * @param authentication method of enhanced authentication, null for none
 */
record ClientWishes(
        SessionTerm term,
        int receiveMaximum,
        long maximumPacketSize,
        int aliasMaximum,
        boolean responseInformation,
        @Nullable String authentication) {
    private static final int PACKET_IDS = 65_535;
    private static final long UNSIGNED_INT = 0xFFFF_FFFFL;
    /** All that MQTT 3.1.1 can say, once for all its connections. */
    private static final ClientWishes CLEAN = ofTerm(SessionTerm.ofCleanSession(true));

    private static final ClientWishes KEPT = ofTerm(SessionTerm.ofCleanSession(false));

    /** One of MQTT 3.1 or 3.1.1. */
    static ClientWishes ofCleanSession(boolean clean) {
        return clean ? CLEAN : KEPT;
    }

    private static ClientWishes ofTerm(SessionTerm term) {
        return new ClientWishes(term, PACKET_IDS, UNSIGNED_INT, 0, false, null);
    }

    /** Reads {@code message}, of whatever version. */
    static ClientWishes of(MqttConnectMessage message) {
        boolean clean = message.variableHeader().isCleanSession();
        if (message.variableHeader().version() != Mqtt5Writer.LEVEL) {
            return ofCleanSession(clean);
        }
        MqttProperties properties = message.variableHeader().properties();
        return new ClientWishes(
                new SessionTerm(clean, PropertyValues.number(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, 0)),
                (int) PropertyValues.number(properties, MqttProperties.RECEIVE_MAXIMUM, PACKET_IDS),
                PropertyValues.number(properties, MqttProperties.MAXIMUM_PACKET_SIZE, UNSIGNED_INT),
                (int) PropertyValues.number(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, 0),
                PropertyValues.number(properties, MqttProperties.REQUEST_RESPONSE_INFORMATION, 0) == 1,
                PropertyValues.of(properties, MqttProperties.AUTHENTICATION_METHOD) instanceof String method
                        ? method
                        : null);
    }
}
