package dev.skein.node.admission;

import com.typesafe.config.Config;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * Budgets of a node, read from {@code skein.admission}.
 *
 * @param handshakes TLS handshakes in progress, 1..1000000 (already resolved when the key is 0)
 * @param connects CONNECTs in progress, 1..1000000 (as above)
 * @param restores sessions being read from the store, 1..1000000 (as above)
 * @param replays pages of retained messages in memory that no queue counts yet, 1..1000000 (as above)
 * @param waiting what may wait for its turn at each of them, 0..10000000
 * @param waitTimeout how long at the most, 100 ms..10 minutes
 * @param reconnects from when on those are slowed who connect all the time
 */
public record AdmissionSettings(
        int handshakes,
        int connects,
        int restores,
        int replays,
        int waiting,
        Duration waitTimeout,
        ReconnectSettings reconnects) {
    private static final String SECTION = "skein.admission.";
    private static final int MAX = 1_000_000;
    private static final int WAITING_MAX = 10_000_000;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
    private static final int HANDSHAKES_EACH = 128;
    private static final int CONNECTS_EACH = 64;
    private static final int RESTORES_EACH = 64;
    private static final int REPLAYS_EACH = 8;

    /**
     * Reads and checks the settings.
     *
     * @param admission the section {@code skein.admission}
     * @param processors of this machine
     * @throws IllegalArgumentException for a value out of range; names the full key
     */
    public static AdmissionSettings from(Config admission, int processors) {
        Duration timeout = admission.getDuration("wait-timeout");
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException(SECTION + "wait-timeout: " + DurationText.of(timeout) + " (expected: "
                    + DurationText.range(TIMEOUT_MIN, TIMEOUT_MAX) + ")");
        }
        return new AdmissionSettings(
                limit(admission, "handshakes", HANDSHAKES_EACH * processors),
                limit(admission, "connects", CONNECTS_EACH * processors),
                limit(admission, "restores", RESTORES_EACH * processors),
                limit(admission, "replays", REPLAYS_EACH * processors),
                number(admission, "waiting", WAITING_MAX),
                timeout,
                ReconnectSettings.from(admission.getConfig("reconnects")));
    }

    private static int limit(Config admission, String key, int otherwise) {
        int value = number(admission, key, MAX);
        return value == 0 ? otherwise : value;
    }

    private static int number(Config admission, String key, int max) {
        int value = admission.getInt(key);
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(SECTION + key + ": " + value + " (expected: 0.." + max + ")");
        }
        return value;
    }

    /** The limit of one stage. */
    int limit(Stage stage) {
        return switch (stage) {
            case HANDSHAKE -> handshakes;
            case CONNECT -> connects;
            case RESTORE -> restores;
            case REPLAY -> replays;
        };
    }
}
