package dev.skein.node.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One route: what it takes, what it answers, what it does. {@code openapi.json} describes the same; a test holds them
 * together.
 *
 * @param method GET, POST or DELETE
 * @param template path with {@code {variables}}
 * @param query names of the query parameters
 * @param body names of the fields of the request body; empty for a route without one
 * @param status of success
 * @param answer record that success shows as JSON; empty for no body, or one that is not JSON of a record
 * @param handler what it does
 */
record Endpoint(
        String method,
        String template,
        List<String> query,
        List<String> body,
        int status,
        Optional<Class<?>> answer,
        Handler handler) {

    /** Does the work of a route; throws {@link ControlException} for a request that it refuses. */
    @FunctionalInterface
    interface Handler {
        CompletionStage<Answer> handle(Call call);
    }

    /** Whether it changes anything. */
    boolean changes() {
        return !method.equals("GET");
    }

    /** The variables of {@code segments}, or empty when the template does not fit. */
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> pattern = List.of(template.substring(1).split("/", -1));
        if (pattern.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            String segment = segments.get(i);
            if (part.startsWith("{") && !segment.isEmpty()) {
                variables.put(part.substring(1, part.length() - 1), segment);
            } else if (!part.equals(segment)) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
