package dev.skein.node.control;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One request to one route.
 *
 * @param variables of the path
 * @param query parameters, all known to the route
 * @param fields of the body; empty until it was read, and for a route without one
 * @param caller for the audit log, such as {@code api@127.0.0.1}
 */
record Call(Map<String, String> variables, Map<String, String> query, Optional<Fields> fields, String caller) {
    static final String LIMIT = "limit";

    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1000;

    Call with(Fields body) {
        return new Call(variables, query, Optional.of(body), caller);
    }

    String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    String instance() {
        return variable("instance");
    }

    Fields body() {
        return fields.orElseThrow();
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    int limit() {
        return (int) number(LIMIT, 1, LIMIT_MAX, LIMIT_DEFAULT);
    }

    /** A whole number in a range, or {@code absent}. */
    long number(String name, long min, long max, long absent) {
        String text = query.get(name);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw new ControlException(
                ErrorCode.INVALID_PARAMETER, "%s: %s (expected: %d..%d)".formatted(name, text, min, max));
    }
}
