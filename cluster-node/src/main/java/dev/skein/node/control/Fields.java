package dev.skein.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a request body, and names the one that is wrong. */
final class Fields {
    private static final int SHOWN = 64;

    private final ObjectNode body;
    /** What stands before the names of its fields in an error. */
    private final String path;

    private Fields(ObjectNode body, String path) {
        this.body = body;
        this.path = path;
    }

    /**
     * Reads one JSON object.
     *
     * @param known names of the fields that it may have
     */
    static Fields parse(byte[] bytes, Collection<String> known) {
        JsonNode node = read(bytes);
        if (!(node instanceof ObjectNode object)) {
            throw new ControlException(ErrorCode.MALFORMED_JSON, "body: " + shown(node) + " (expected: an object)");
        }
        return of(object, "", known);
    }

    private static Fields of(ObjectNode object, String path, Collection<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new ControlException(
                        ErrorCode.UNKNOWN_FIELD,
                        "%s: unknown field (expected: %s)".formatted(path + cut(name), String.join(", ", known)));
            }
        });
        return new Fields(object, path);
    }

    private static JsonNode read(byte[] bytes) {
        try {
            JsonNode node = Json.MAPPER.readTree(bytes);
            if (node.isMissingNode()) {
                throw new ControlException(ErrorCode.MALFORMED_JSON, "body: empty (expected: an object)");
            }
            return node;
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            String where = location == null
                    ? ""
                    : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
            throw new ControlException(
                    ErrorCode.MALFORMED_JSON,
                    "body: %s%s (expected: one JSON object)".formatted(cut(e.getOriginalMessage()), where));
        } catch (IOException e) {
            throw new ControlException(ErrorCode.MALFORMED_JSON, "body: not JSON (expected: one JSON object)");
        }
    }

    /** A text that must be there. */
    String text(String name) {
        return optionalText(name)
                .orElseThrow(() ->
                        new ControlException(ErrorCode.MISSING_FIELD, path + name + ": absent (expected: a text)"));
    }

    /**
     * The objects of a list, none when the field is absent.
     *
     * @param known names of the fields that each of them may have
     */
    List<Fields> list(String name, Collection<String> known) {
        JsonNode node = body.get(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw invalid(name, node, "a list");
        }
        List<Fields> objects = new ArrayList<>(node.size());
        for (JsonNode each : node) {
            if (!(each instanceof ObjectNode object)) {
                throw invalid(name, each, "objects with " + String.join(" and ", known));
            }
            objects.add(of(object, name + ".", known));
        }
        return objects;
    }

    /** The texts of a list, none when the field is absent. */
    List<String> texts(String name) {
        JsonNode node = body.get(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw invalid(name, node, "a list of texts");
        }
        List<String> texts = new ArrayList<>(node.size());
        for (JsonNode each : node) {
            if (!each.isTextual()) {
                throw invalid(name, each, "texts");
            }
            texts.add(each.textValue());
        }
        return texts;
    }

    /** A text as it was sent, or null when there is none. */
    @Nullable
    String textIfAny(String name) {
        JsonNode node = body.get(name);
        return node == null ? null : node.textValue();
    }

    /** A text, or empty when the field is absent. */
    Optional<String> optionalText(String name) {
        JsonNode node = body.get(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw invalid(name, node, "a text");
        }
        String text = node.textValue();
        // A lone surrogate has no UTF-8: it would arrive as a question mark.
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new ControlException(
                    ErrorCode.INVALID_FIELD, path + name + ": holds half a surrogate pair (expected: Unicode text)");
        }
        return Optional.of(text);
    }

    /** A whole number in a range, or {@code absent}. */
    int integer(String name, int min, int max, int absent) {
        return (int) number(name, min, max, absent);
    }

    /** A whole number in a range, or {@code absent}. */
    long number(String name, long min, long max, long absent) {
        JsonNode node = body.get(name);
        if (node == null) {
            return absent;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            throw invalid(name, node, min + ".." + max);
        }
        return node.longValue();
    }

    /** Whether the field is there. */
    boolean has(String name) {
        return body.has(name);
    }

    /** True or false; null when absent. */
    @Nullable
    Boolean optionalFlag(String name) {
        return body.has(name) ? flag(name) : null;
    }

    /** True or false; false when absent. */
    boolean flag(String name) {
        JsonNode node = body.get(name);
        if (node == null) {
            return false;
        }
        if (!node.isBoolean()) {
            throw invalid(name, node, "true or false");
        }
        return node.booleanValue();
    }

    private ControlException invalid(String name, JsonNode value, String expected) {
        return new ControlException(
                ErrorCode.INVALID_FIELD, "%s: %s (expected: %s)".formatted(path + name, shown(value), expected));
    }

    private static String shown(JsonNode node) {
        return cut(node.toString());
    }

    private static String cut(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
