package dev.skein.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be said of a rule when it is made or changed. */
final class RuleOptions {
    @Option(names = "--connector", paramLabel = "ID", description = "Back end; skein connectors list.")
    private @Nullable String connector;

    @Option(names = "--parent-topic", paramLabel = "TOPIC", description = "Of an inbound or outbound rule.")
    private @Nullable String parentTopic;

    @Option(names = "--group", paramLabel = "GID", description = "Of a status rule; * for all clients.")
    private @Nullable String group;

    @Option(
            names = {"--source-topic", "--target-topic"},
            paramLabel = "TOPIC",
            description = "Topic of the back end.")
    private @Nullable String topic;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    private @Nullable String description;

    @Option(names = "--dead-letter-topic", paramLabel = "TOPIC", description = "For what can never be passed on.")
    private @Nullable String deadLetterTopic;

    @Option(
            names = "--include-api",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Send also what the control API publishes.")
    private @Nullable Boolean includeApi;

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = "For the connector; may be repeated.")
    private Map<String, String> options = new TreeMap<>();

    ObjectNode body() {
        ObjectNode body = ApiClient.MAPPER.createObjectNode();
        put(body, "connector", connector);
        put(body, "resource", parentTopic == null ? group : parentTopic);
        put(body, "topic", topic);
        put(body, "description", description);
        put(body, "deadLetterTopic", deadLetterTopic);
        if (includeApi != null) {
            body.put("includeApi", includeApi);
        }
        if (!options.isEmpty()) {
            ArrayNode all = body.putArray("options");
            options.forEach((name, value) -> all.addObject().put("name", name).put("value", value));
        }
        return body;
    }

    private static void put(ObjectNode body, String field, @Nullable String value) {
        if (value != null) {
            body.put(field, value);
        }
    }
}
