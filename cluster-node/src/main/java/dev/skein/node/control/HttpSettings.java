package dev.skein.node.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.skein.node.net.Hosts;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The control API's own settings, read from {@code skein.http}. Defaults live in {@code reference.conf} alone.
 *
 * @param enabled whether anything listens
 * @param hosts addresses to listen at
 * @param port 0..65535; 0 takes any free port
 * @param token bearer token of the API; empty for none, which only a loopback host may have
 * @param maxBodyBytes longest request body, 1 KiB..256 MiB
 * @param answerTimeout longest time that a request waits for the node, 1 ms..5 min
 * @param limits what strangers may take
 */
public record HttpSettings(
        boolean enabled,
        Hosts hosts,
        int port,
        String token,
        long maxBodyBytes,
        Duration answerTimeout,
        HttpLimits limits) {
    private static final String SECTION = "skein.http.";
    private static final long KIB = 1024;
    private static final long BODY_MIN = KIB;
    private static final long BODY_MAX = 256 * KIB * KIB;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);
    private static final int PORT_MAX = 65_535;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]*");

    /** Checks ranges, and that an API without a token is not reachable from elsewhere. */
    public HttpSettings {
        inRange("port", port, 0, PORT_MAX);
        inRange("max-body", maxBodyBytes, BODY_MIN, BODY_MAX);
        if (answerTimeout.compareTo(TIMEOUT_MIN) < 0 || answerTimeout.compareTo(TIMEOUT_MAX) > 0) {
            throw bad(
                    "answer-timeout",
                    DurationText.of(answerTimeout) + " (expected: " + DurationText.range(TIMEOUT_MIN, TIMEOUT_MAX)
                            + ")");
        }
        if (!TOKEN.matcher(token).matches()) {
            throw bad("token", "a token with other characters (expected: letters, digits and - . _ ~ + / =)");
        }
        if (enabled && token.isEmpty() && !hosts.isLoopback()) {
            throw bad(
                    "token", "empty (expected: a token, because skein.http.host " + hosts + " is not a loopback one)");
        }
    }

    /**
     * Reads the section.
     *
     * @param http the section {@code skein.http}
     * @throws ConfigException for a missing, ill-typed or out-of-range key, naming it
     */
    public static HttpSettings from(Config http) {
        return new HttpSettings(
                http.getBoolean("enabled"),
                Hosts.from("skein.http", http),
                http.getInt("port"),
                http.getString("token"),
                http.getBytes("max-body"),
                http.getDuration("answer-timeout"),
                HttpLimits.from(http));
    }

    private static void inRange(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw bad(key, "%d (expected: %d..%d)".formatted(value, min, max));
        }
    }

    private static ConfigException bad(String key, String text) {
        return new ConfigException.Generic(SECTION + key + ": " + text);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HttpSettings[enabled=%s, host=%s, port=%d, token=%s]"
                .formatted(enabled, hosts, port, token.isEmpty() ? "none" : "set");
    }
}
