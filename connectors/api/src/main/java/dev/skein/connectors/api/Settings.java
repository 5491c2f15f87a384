package dev.skein.connectors.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of the configuration, as a connector sees it. Names in messages are those of the configuration.
 *
 * @param path where it stands, such as {@code skein.connectors.rmq}
 * @param values {@code String}, {@code Boolean}, {@code Number}, {@code List} and {@code Map}, as HOCON gives them;
 *     durations are texts such as {@code 5s}
 */
public record Settings(String path, Map<String, Object> values) {
    /** None. */
    public static final Settings NONE = new Settings("", Map.of());

    /** The text at {@code key}; empty when it is not there. */
    public Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).map(Object::toString);
    }

    /** The texts at {@code key}, or the one that stands there alone; empty when it is not there. */
    public List<String> texts(String key) {
        Object value = values.get(key);
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    /**
     * The number at {@code key}, or {@code otherwise}.
     *
     * @throws IllegalArgumentException naming the key, when it is no number from {@code least} to {@code most}
     */
    public int number(String key, int otherwise, int least, int most) {
        Object value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value.toString());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                path + "." + key + " = " + value + " (expected: a number from " + least + " to " + most + ")");
    }

    /**
     * Whether {@code key} is true, or {@code otherwise}.
     *
     * @throws IllegalArgumentException naming the key, when it is neither true nor false
     */
    public boolean flag(String key, boolean otherwise) {
        String value = text(key).orElse(Boolean.toString(otherwise));
        return switch (value) {
            case "true", "on" -> true;
            case "false", "off" -> false;
            default ->
                throw new IllegalArgumentException(path + "." + key + " = " + value + " (expected: true or false)");
        };
    }

    /**
     * The time at {@code key}, written {@code 500ms}, {@code 5s}, {@code 2m} or {@code 1h}, or {@code otherwise}.
     *
     * @throws IllegalArgumentException naming the key, when it is no time
     */
    public Duration duration(String key, Duration otherwise) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        String text = value.get().strip();
        try {
            if (text.endsWith("ms")) {
                return Duration.ofMillis(
                        Long.parseLong(text.substring(0, text.length() - 2).strip()));
            }
            return Duration.parse("PT" + text.replace(" ", ""));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(path + "." + key + " = " + text + " (expected: a time such as 5s)", e);
        }
    }

    /** The part at {@code key}, empty when it is not there. */
    @SuppressWarnings("unchecked") // as HOCON gives them
    public Settings part(String key) {
        return new Settings(
                path + "." + key, values.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
    }
}
