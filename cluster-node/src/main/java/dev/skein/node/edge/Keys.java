package dev.skein.node.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Reads one section of the configuration and names the full key in every failure.
 *
 * @param section full key of the section, such as {@code skein.edge}
 * @param config the section itself
 */
record Keys(String section, Config config) {

    boolean flag(String key) {
        return read(key, config::getBoolean);
    }

    String text(String key) {
        return read(key, config::getString);
    }

    String word(String key) {
        String value = text(key);
        if (value.isBlank()) {
            throw wrong(key, "\"" + value + "\"", "not empty");
        }
        return value;
    }

    String choice(String key, Set<String> expected) {
        String value = text(key).toLowerCase(Locale.ROOT);
        if (!expected.contains(value)) {
            throw wrong(key, value, String.join(", ", expected));
        }
        return value;
    }

    List<String> texts(String key) {
        return read(key, config::getStringList);
    }

    int number(String key, int min, int max) {
        int value = read(key, config::getInt);
        if (value < min || value > max) {
            throw wrong(key, value, min + ".." + max);
        }
        return value;
    }

    /** Bytes, or {@code auto} for those that {@code ifAuto} gives. */
    long bytesOrAuto(String key, long min, long max, LongSupplier ifAuto) {
        if (text(key).equals("auto")) {
            return ifAuto.getAsLong();
        }
        long value = read(key, config::getBytes);
        if (value < min || value > max) {
            throw wrong(key, value, "auto or " + min + ".." + max + " bytes");
        }
        return value;
    }

    int bytes(String key, int min, int max) {
        long value = read(key, config::getBytes);
        if (value < min || value > max) {
            throw wrong(key, value, min + ".." + max + " bytes");
        }
        return Math.toIntExact(value);
    }

    Duration duration(String key, Duration min, Duration max) {
        Duration value = read(key, config::getDuration);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, DurationText.of(value), DurationText.range(min, max));
        }
        return value;
    }

    IllegalArgumentException wrong(String key, Object value, String expected) {
        return new IllegalArgumentException(section + "." + key + ": " + value + " (expected: " + expected + ")");
    }

    private <T> T read(String key, Function<String, T> reader) {
        try {
            return reader.apply(key);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(section + "." + key + ": " + e.getMessage(), e);
        }
    }
}
