package dev.skein.node.registry;

import java.util.Locale;
import java.util.Map;

/**
 * A rule of an instance: what of the instance is bound to which topic of a back end.
 *
 * @param id 3..64 letters, digits, {@code -}, {@code _}; never changed
 * @param connector id of the back end in {@code skein.connectors}
 * @param resource parent topic, or Group ID of a status rule; {@code *} in a status rule: all clients
 * @param topic source or target topic at the back end
 * @param description for people
 * @param enabled whether it is to run
 * @param includeApi whether an outbound rule also sends what the control API publishes
 * @param deadLetterTopic topic of the back end for what can never be passed on; empty for none
 * @param options for the connector, as it documents them
 */
public record RuleDefinition(
        String id,
        RuleKind kind,
        String connector,
        String resource,
        String topic,
        String description,
        boolean enabled,
        boolean includeApi,
        String deadLetterTopic,
        Map<String, Object> options) {
    /** All clients, as the group of a status rule. */
    public static final String ALL_CLIENTS = "*";

    /** Copies the map. */
    public RuleDefinition {
        options = options == null ? Map.of() : Map.copyOf(options);
    }

    /** The same, to run or not. */
    public RuleDefinition enabled(boolean on) {
        return new RuleDefinition(
                id, kind, connector, resource, topic, description, on, includeApi, deadLetterTopic, options);
    }

    /** What the audit log shows of it. */
    String describe() {
        String ways = kind == RuleKind.INBOUND ? " <- " : " -> ";
        return kind.name().toLowerCase(Locale.ROOT) + " " + resource + ways + connector + ":" + topic
                + (enabled ? "" : ", disabled");
    }
}
