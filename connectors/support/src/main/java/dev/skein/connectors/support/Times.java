package dev.skein.connectors.support;

import dev.skein.connectors.api.Settings;
import java.time.Duration;

/** Times that a connector waits or pauses. */
public final class Times {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofMinutes(5);

    private Times() {}

    /**
     * The time at {@code key}, or {@code otherwise}.
     *
     * @throws IllegalArgumentException naming the key, when it is no time from 100 ms to 5 minutes
     */
    public static Duration read(Settings settings, String key, Duration otherwise) {
        Duration time = settings.duration(key, otherwise);
        if (time.compareTo(LEAST) < 0 || time.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(settings.path() + "." + key + " = "
                    + settings.text(key).orElse("") + " (expected: a time from 100ms to 5m)");
        }
        return time;
    }
}
