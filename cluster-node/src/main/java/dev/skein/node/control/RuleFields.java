package dev.skein.node.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request that makes or changes a rule; null: not given.
 *
 * @param id only of a rule that is made
 * @param kind only of a rule that is made
 * @param options by name
 */
public record RuleFields(
        @Nullable String id,
        @Nullable String kind,
        @Nullable String connector,
        @Nullable String resource,
        @Nullable String topic,
        @Nullable String description,
        @Nullable Boolean enabled,
        @Nullable Boolean includeApi,
        @Nullable String deadLetterTopic,
        @Nullable Map<String, String> options) {
    /** Of a request that changes one. */
    static final List<String> CHANGE = List.of(
            "connector", "resource", "topic", "description", "enabled", "includeApi", "deadLetterTopic", "options");
    /** Of a request that makes one. */
    static final List<String> CREATE = List.of(
            "id",
            "kind",
            "connector",
            "resource",
            "topic",
            "description",
            "enabled",
            "includeApi",
            "deadLetterTopic",
            "options");

    private static final List<String> OPTION = List.of("name", "value");

    static RuleFields create(Fields body) {
        RuleFields given = of(body, body.text("id"), body.text("kind"));
        body.text("connector");
        body.text("resource");
        body.text("topic");
        return given;
    }

    static RuleFields change(Fields body) {
        return of(body, null, null);
    }

    private static RuleFields of(Fields body, @Nullable String id, @Nullable String kind) {
        return new RuleFields(
                id,
                kind,
                body.optionalText("connector").orElse(null),
                body.optionalText("resource").orElse(null),
                body.optionalText("topic").orElse(null),
                body.optionalText("description").orElse(null),
                body.optionalFlag("enabled"),
                body.optionalFlag("includeApi"),
                body.optionalText("deadLetterTopic").orElse(null),
                body.has("options") ? options(body) : null);
    }

    private static Map<String, String> options(Fields body) {
        Map<String, String> options = new HashMap<>();
        body.list("options", OPTION).forEach(each -> options.put(each.text("name"), each.text("value")));
        return options;
    }

    /** Whether it changes nothing but whether the rule runs. */
    public boolean onlyEnables() {
        return enabled != null
                && connector == null
                && resource == null
                && topic == null
                && description == null
                && includeApi == null
                && deadLetterTopic == null
                && options == null;
    }
}
