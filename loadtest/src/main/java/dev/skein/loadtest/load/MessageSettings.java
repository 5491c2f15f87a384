package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Payload;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * One run with messages.
 *
 * @param name pair, fan-out or fan-in
 * @param qos 0..2, of publishers and subscribers
 * @param size payload bytes, {@link Payload#MIN_SIZE} upward
 * @param window closed loop: messages under way for each publisher, 1..32767; 0 for an open loop
 * @param rate open loop: messages a second of all publishers together, above 0; 0 for a closed loop
 * @param byDelivery closed loop at QoS 1 and 2: whether deliveries count beside acknowledgements; always so at QoS 0
 * @param warmup sent and checked, but in no figure; 0 upward
 * @param duration the measured time, above 0
 * @param drain how long to wait for stragglers after the last message, 0 upward
 * @param connectRate connections a second, above 0
 * @param topicPrefix the first levels of every topic
 * @param keepSessions leave persistent sessions in the broker after the run
 */
public record MessageSettings(
        String name,
        Topology topology,
        int qos,
        int size,
        int window,
        double rate,
        boolean byDelivery,
        Duration warmup,
        Duration duration,
        Duration drain,
        double connectRate,
        String topicPrefix,
        boolean keepSessions) {
    /** Twice as many packet identifiers as this exist. */
    public static final int MOST_IN_FLIGHT = 32_767;

    private static final int LEAST_OPEN_IN_FLIGHT = 64;
    private static final int OPEN_IN_FLIGHT_SECONDS = 10;

    /** Checks every range. */
    public MessageSettings {
        inRange("qos", qos, 0, 2);
        inRange("size", size, Payload.MIN_SIZE, Payload.MAX_SIZE);
        inRange("window", window, 0, MOST_IN_FLIGHT);
        if (window == 0 == !(rate > 0)) {
            throw new IllegalArgumentException("window: " + window + ", rate: " + rate + " (expected: one of them)");
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("duration: " + DurationText.of(duration) + " (expected: above 0)");
        }
        if (!(connectRate > 0)) {
            throw new IllegalArgumentException("connect rate: " + connectRate + " (expected: above 0)");
        }
    }

    /** Whether messages are sent by schedule. */
    public boolean openLoop() {
        return window == 0;
    }

    /** Whether a publisher waits for deliveries. */
    boolean waitsForDeliveries() {
        return !openLoop() && (qos == 0 || byDelivery);
    }

    /** Unacknowledged messages a publisher may have: the window, or ten seconds' worth in an open loop. */
    int inFlightLimit() {
        if (!openLoop()) {
            return window;
        }
        if (qos == 0) {
            return Integer.MAX_VALUE;
        }
        double seconds = rate / topology.publishers() * OPEN_IN_FLIGHT_SECONDS;
        return (int) Math.max(LEAST_OPEN_IN_FLIGHT, Math.min(MOST_IN_FLIGHT, seconds));
    }

    private static void inRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
