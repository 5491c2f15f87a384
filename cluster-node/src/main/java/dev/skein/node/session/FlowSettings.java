package dev.skein.node.session;

import com.typesafe.config.Config;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * Bounds of what flows to one connection, read from {@code skein.mqtt}.
 *
 * @param inflightMax QoS 1 and 2 messages sent and not yet acknowledged, 1..65535
 * @param publishWindow QoS 1 and 2 messages of one publisher that wait for the store, 1..65535
 * @param queueMessages messages that wait behind a connection, 1..10000000
 * @param queueBytes payload bytes that wait behind a connection, 1..2^40
 * @param dropOldest when the queue is full: true drops the oldest message, false closes the connection
 * @param patience how long publishers wait for a client that takes nothing, 100 ms..10 minutes
 */
public record FlowSettings(
        int inflightMax, int publishWindow, int queueMessages, long queueBytes, boolean dropOldest, Duration patience) {
    /** Bytes to be written to the clients of one event loop above which publishers wait. */
    public static final long UNDER_WAY_BYTES = 8L * 1024 * 1024;

    /** What a message counts for beside its topic and body where memory is bounded. */
    public static final int MESSAGE_BYTES = 64;

    private static final Duration PATIENCE_MIN = Duration.ofMillis(100);
    private static final Duration PATIENCE_MAX = Duration.ofMinutes(10);
    private static final int PACKET_IDS = 65_535;
    private static final int QUEUE_MAX = 10_000_000;
    private static final long BYTES_MAX = 1L << 40;

    /** Checks the ranges. */
    public FlowSettings {
        inRange("skein.mqtt.inflight-max", inflightMax, PACKET_IDS);
        inRange("skein.mqtt.publish-window", publishWindow, PACKET_IDS);
        inRange("skein.mqtt.queue.max-messages", queueMessages, QUEUE_MAX);
        inRange("skein.mqtt.queue.max-bytes", queueBytes, BYTES_MAX);
        if (patience.compareTo(PATIENCE_MIN) < 0 || patience.compareTo(PATIENCE_MAX) > 0) {
            throw new IllegalArgumentException("skein.mqtt.queue.patience: " + DurationText.of(patience)
                    + " (expected: " + DurationText.range(PATIENCE_MIN, PATIENCE_MAX) + ")");
        }
    }

    /** Reads {@code skein.mqtt}; a missing, ill-typed or out-of-range key stops the node at start. */
    public static FlowSettings from(Config mqtt) {
        String whenFull = mqtt.getString("queue.when-full");
        if (!whenFull.equals("drop-oldest") && !whenFull.equals("disconnect")) {
            throw new IllegalArgumentException(
                    "skein.mqtt.queue.when-full: " + whenFull + " (expected: drop-oldest or disconnect)");
        }
        return new FlowSettings(
                mqtt.getInt("inflight-max"),
                mqtt.getInt("publish-window"),
                mqtt.getInt("queue.max-messages"),
                mqtt.getBytes("queue.max-bytes"),
                whenFull.equals("drop-oldest"),
                mqtt.getDuration("queue.patience"));
    }

    private static void inRange(String key, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: 1.." + max + ")");
        }
    }
}
