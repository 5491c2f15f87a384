package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.MessageProperties;
import dev.skein.loadtest.mqtt.Payload;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
 * @param properties of every message; needs MQTT 5 unless there are none
 * @param share the group that all subscribers are members of, so that each message comes to one of them; null for none
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
        boolean keepSessions,
        MessageProperties properties,
        @Nullable String share) {
    /** Twice as many packet identifiers as this exist. */
    public static final int MOST_IN_FLIGHT = 32_767;

    private static final Pattern GROUP = Pattern.compile("[^/+#]+");
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
        if (share != null && topology.groups() > 1) {
            throw new IllegalArgumentException("share: " + share + " (expected: a fan-out)");
        }
        if (share != null && !GROUP.matcher(share).matches()) {
            throw new IllegalArgumentException(
                    "share: " + share + " (expected: the name of a group, without /, + and #)"); // [MQTT-4.8.2-1]
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("duration: " + DurationText.of(duration) + " (expected: above 0)");
        }
        if (!(connectRate > 0)) {
            throw new IllegalArgumentException("connect rate: " + connectRate + " (expected: above 0)");
        }
    }

    /** Whether the subscribers are members of a group. */
    public boolean shared() {
        return share != null;
    }

    /** How many subscribers each message comes to. */
    int copies() {
        return shared() ? 1 : topology.subscribers() / topology.groups();
    }

    /** The event loop of a subscriber; members of a group have one, as they are checked together. */
    int subscriberLoop(int subscriber, int loops) {
        return shared() ? 0 : topology.subscriberLoop(subscriber, loops);
    }

    /** What a subscriber subscribes to, under {@code root}. */
    List<String> filters(String root, int subscriber) {
        List<String> filters = topology.filters(root, subscriber);
        return shared()
                ? filters.stream()
                        .map(filter -> "$share/" + share + "/" + filter)
                        .toList()
                : filters;
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
