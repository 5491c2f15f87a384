package dev.skein.node.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * What strangers may take of an HTTP port, read from {@code skein.http}. Defaults live in {@code reference.conf} alone.
 *
 * @param maxConnections connections of one port, 1..100000
 * @param maxPerAddress of them with one address, 1..100000
 * @param headerTimeout from the beginning of a connection until its first request has a whole header, 100 ms..5 min
 * @param idleTimeout the same from one answer to the next request, 100 ms..1 h
 */
public record HttpLimits(int maxConnections, int maxPerAddress, Duration headerTimeout, Duration idleTimeout) {
    private static final String SECTION = "skein.http.";
    private static final int CONNECTIONS_MAX = 100_000;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration HEADER_MAX = Duration.ofMinutes(5);
    private static final Duration IDLE_MAX = Duration.ofHours(1);

    /** Checks ranges. */
    public HttpLimits {
        inRange("max-connections", maxConnections);
        inRange("max-connections-per-address", maxPerAddress);
        inRange("header-timeout", headerTimeout, HEADER_MAX);
        inRange("idle-timeout", idleTimeout, IDLE_MAX);
    }

    /**
     * Reads them.
     *
     * @param http the section {@code skein.http}
     * @throws ConfigException for a missing, ill-typed or out-of-range key, naming it
     */
    public static HttpLimits from(Config http) {
        return new HttpLimits(
                http.getInt("max-connections"),
                http.getInt("max-connections-per-address"),
                http.getDuration("header-timeout"),
                http.getDuration("idle-timeout"));
    }

    private static void inRange(String key, int value) {
        if (value < 1 || value > CONNECTIONS_MAX) {
            throw bad(key, "%d (expected: 1..%d)".formatted(value, CONNECTIONS_MAX));
        }
    }

    private static void inRange(String key, Duration value, Duration max) {
        if (value.compareTo(TIMEOUT_MIN) < 0 || value.compareTo(max) > 0) {
            throw bad(key, "%s (expected: %s)".formatted(DurationText.of(value), DurationText.range(TIMEOUT_MIN, max)));
        }
    }

    private static ConfigException bad(String key, String text) {
        return new ConfigException.Generic(SECTION + key + ": " + text);
    }
}
