package dev.skein.node.rule.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.connectors.api.SourceRecord;
import dev.skein.node.rule.sink.MessageRecords;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.wire.FailureText;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A message of a back end as it is published.
 *
 * @param topic where to; may be none that is valid
 * @param shown the topic that its receiver is shown when it goes to one client; null: {@code topic}
 */
record InboundMessage(String topic, @Nullable String shown, int qos, Content content) {
    private static final long EXPIRY_MAX = 65_535;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads the properties of ApsaraMQ for MQTT.
     *
     * @throws IllegalArgumentException naming the property that is wrong
     */
    static InboundMessage of(SourceRecord record, String parent, long nowMillis) {
        Map<String, String> properties = record.properties();
        String real = properties.getOrDefault(MessageRecords.REAL_TOPIC, "");
        return new InboundMessage(
                below(parent, properties.getOrDefault(MessageRecords.SECOND_TOPIC, "")),
                real.isEmpty() ? null : below(parent, real),
                qos(properties.getOrDefault(MessageRecords.QOS, "1")),
                new Content(record.body(), properties(properties, nowMillis)));
    }

    /** With and without a slash in front. */
    private static String below(String parent, String second) {
        return second.isEmpty() ? parent : parent + (second.charAt(0) == '/' ? "" : "/") + second;
    }

    private static int qos(String text) {
        return switch (text) {
            case "0" -> 0;
            case "1" -> 1;
            case "2" -> 2;
            default -> throw new IllegalArgumentException(FailureText.of(MessageRecords.QOS, text, "0, 1 or 2"));
        };
    }

    private static @Nullable Properties properties(Map<String, String> given, long nowMillis) {
        String type = given.get(MessageRecords.CONTENT_TYPE);
        String expiry = given.get(MessageRecords.EXPIRY);
        String users = given.get(MessageRecords.USER_PROPERTIES);
        if (type == null && expiry == null && users == null) {
            return null;
        }
        Properties.Builder properties = new Properties.Builder();
        if (type != null) {
            properties.contentType(type);
        }
        if (expiry != null) {
            properties.expiresAt(nowMillis + TimeUnit.SECONDS.toMillis(seconds(expiry)));
        }
        if (users != null && !users.isBlank()) {
            users(users, properties);
        }
        return properties.build();
    }

    private static long seconds(String text) {
        try {
            long seconds = Long.parseLong(text.strip());
            if (seconds >= 0 && seconds <= EXPIRY_MAX) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(FailureText.of(MessageRecords.EXPIRY, text, "0.." + EXPIRY_MAX));
    }

    private static void users(String text, Properties.Builder properties) {
        try {
            JsonNode all = JSON.readTree(text);
            if (all.isArray()) {
                for (JsonNode each : all) {
                    properties.user(
                            each.path("key").asText(), each.path("value").asText());
                }
                return;
            }
        } catch (JsonProcessingException e) {
            // told below
        }
        throw new IllegalArgumentException(
                FailureText.of(MessageRecords.USER_PROPERTIES, text, "a JSON array of objects with key and value"));
    }
}
