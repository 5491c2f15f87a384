package dev.skein.node.admission;

import com.typesafe.config.Config;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * How often one may connect before it is slowed, read from {@code skein.admission.reconnects}.
 *
 * @param client connections of one client in a window, 0..1000000; 0 for no bound
 * @param address short connections of one address in a window, 0..10000000; 0 for no bound
 * @param window 1 s..1 hour; a connection that ends within it is short
 * @param maxDelay the longest that a CONNECT waits, 10 ms..1 minute
 */
public record ReconnectSettings(int client, int address, Duration window, Duration maxDelay) {
    private static final String SECTION = "skein.admission.reconnects.";
    private static final int CLIENT_MAX = 1_000_000;
    private static final int ADDRESS_MAX = 10_000_000;

    static ReconnectSettings from(Config reconnects) {
        return new ReconnectSettings(
                number(reconnects, "client", CLIENT_MAX),
                number(reconnects, "address", ADDRESS_MAX),
                duration(reconnects, "window", Duration.ofSeconds(1), Duration.ofHours(1)),
                duration(reconnects, "max-delay", Duration.ofMillis(10), Duration.ofMinutes(1)));
    }

    private static int number(Config section, String key, int max) {
        int value = section.getInt(key);
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(SECTION + key + ": " + value + " (expected: 0.." + max + ")");
        }
        return value;
    }

    private static Duration duration(Config section, String key, Duration min, Duration max) {
        Duration value = section.getDuration(key);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(SECTION + key + ": " + DurationText.of(value) + " (expected: "
                    + DurationText.range(min, max) + ")");
        }
        return value;
    }
}
