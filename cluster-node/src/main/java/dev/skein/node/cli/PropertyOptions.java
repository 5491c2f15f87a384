package dev.skein.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Properties of a message, for receivers that speak MQTT 5. */
final class PropertyOptions {
    @Option(names = "--content-type", paramLabel = "TYPE", description = "What the body is, such as a MIME type.")
    private @Nullable String contentType;

    @Option(names = "--response-topic", paramLabel = "TOPIC", description = "Where an answer is to be published.")
    private @Nullable String responseTopic;

    @Option(
            names = "--correlation-data",
            paramLabel = "TEXT",
            description = "What an answer is to carry so that it finds its request.")
    private @Nullable String correlationData;

    @Option(
            names = "--user-property",
            paramLabel = "NAME=VALUE",
            description = "A user property; as often as there are some, their order stays.")
    private List<String> userProperties = List.of();

    @Option(
            names = "--payload-format",
            paramLabel = "text|bytes",
            description = "Whether the body is UTF-8; absent: receivers are not told.")
    private @Nullable String payloadFormat;

    @Option(
            names = "--message-expiry",
            paramLabel = "SECONDS",
            description = "For how long the message is of use, 1..4294967295 (default: for ever).")
    private @Nullable Long messageExpiry;

    /** Adds what was given to a message of the control API. */
    void addTo(ObjectNode message) {
        put(message, "contentType", contentType);
        put(message, "responseTopic", responseTopic);
        if (correlationData != null) {
            byte[] bytes = correlationData.getBytes(StandardCharsets.UTF_8);
            message.put("correlationDataBase64", Base64.getEncoder().encodeToString(bytes));
        }
        put(message, "payloadFormat", payloadFormat);
        if (messageExpiry != null) {
            message.put("messageExpirySeconds", messageExpiry);
        }
        if (!userProperties.isEmpty()) {
            ArrayNode all = message.putArray("userProperties");
            userProperties.forEach(each -> add(all, each));
        }
    }

    private static void put(ObjectNode message, String name, @Nullable String value) {
        if (value != null) {
            message.put(name, value);
        }
    }

    private static void add(ArrayNode all, String property) {
        int equals = property.indexOf('=');
        if (equals < 0) {
            throw new CliUsage("--user-property: %s (expected: NAME=VALUE)".formatted(property));
        }
        all.addObject().put("name", property.substring(0, equals)).put("value", property.substring(equals + 1));
    }
}
