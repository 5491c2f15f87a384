package dev.skein.node.rule.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Properties;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes the record of a message, with the property names of ApsaraMQ for MQTT, as printed there. */
public final class MessageRecords {
    /** 0, 1 or 2. */
    public static final String QOS = "qoslevel";
    /** Whether the publisher's session ends with its connection. */
    public static final String CLEAN_SESSION = "cleansessionflag";
    /** The topic behind its first level, with its leading slash; absent when there is nothing. */
    public static final String SECOND_TOPIC = "mqttSecondTopic";
    /** The topic that the receiver of a message is shown; to MQTT only. */
    public static final String REAL_TOPIC = "mqttRealTopic";
    /** The publisher. */
    public static final String CLIENT_ID = "clientId";
    /** The whole topic. */
    public static final String TOPIC = "topic";
    /** A JSON array of objects with {@code key} and {@code value}. */
    public static final String USER_PROPERTIES = "mqtt5UserProperty";
    /** Seconds. */
    public static final String EXPIRY = "mqtt5MsgExpireInterval";
    /** Content type. */
    public static final String CONTENT_TYPE = "mqtt5ContentType";
    /** RocketMQ's tag of what comes from MQTT. */
    public static final String TAG = "MQTT_COMMON";

    private static final long EXPIRY_MAX = 65_535;
    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageRecords() {}

    /**
     * The record of {@code message}.
     *
     * @param target topic of the back end
     * @param clean whether the session of its publisher ends with the connection
     */
    static SinkRecord of(Message message, String target, boolean clean, long nowMillis) {
        Map<String, String> properties = LinkedHashMap.newLinkedHashMap(8);
        properties.put(QOS, message.qos() == 0 ? "0" : message.qos() == 1 ? "1" : "2");
        properties.put(CLEAN_SESSION, Boolean.toString(clean));
        String topic = message.topic().value();
        String second = topic.substring(message.topic().parent().length());
        if (!second.isEmpty()) {
            properties.put(SECOND_TOPIC, second);
        }
        String clientId = message.origin().name();
        if (!clientId.isEmpty()) {
            properties.put(CLIENT_ID, clientId);
        }
        properties.put(TOPIC, topic);
        Properties given = message.content().properties();
        if (given != null) {
            put(properties, given, nowMillis);
        }
        return new SinkRecord(target, message.id().toString(), TAG, clientId, properties, message.payload());
    }

    private static void put(Map<String, String> properties, Properties given, long nowMillis) {
        String users = users(given);
        if (users != null) {
            properties.put(USER_PROPERTIES, users);
        }
        if (given.expiresAt() != Long.MAX_VALUE) {
            long seconds = TimeUnit.MILLISECONDS.toSeconds(given.expiresAt() - nowMillis + 999);
            properties.put(EXPIRY, Long.toString(Math.clamp(seconds, 0, EXPIRY_MAX)));
        }
        String type = given.contentType();
        if (type != null && !type.isEmpty()) {
            properties.put(CONTENT_TYPE, type);
        }
    }

    private static @Nullable String users(Properties given) {
        ArrayNode all = JSON.createArrayNode();
        given.forEachUser((name, value) -> all.addObject().put("key", name).put("value", value));
        if (all.isEmpty()) {
            return null;
        }
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("user properties: not written as JSON", e); // texts always can be
        }
    }
}
