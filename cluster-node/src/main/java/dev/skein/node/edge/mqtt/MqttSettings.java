package dev.skein.node.edge.mqtt;

import com.typesafe.config.Config;
import dev.skein.node.delivery.SharedStrategy;
import dev.skein.node.session.FlowSettings;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * MQTT for every instance, read from {@code skein.mqtt}.
 *
 * @param maxPacketSize greatest Remaining Length, 128..268435455 bytes
 * @param maxConnectSize the same for CONNECT, and for whatever comes before it; not more than {@code maxPacketSize}
 * @param pace how slowly a packet may come
 * @param flow bounds of what flows to and from one connection
 * @param retainedMax retained messages of one parent topic, 1..100000000
 * @param subscribeTimeout how long a SUBSCRIBE may wait for its routes, 1 s..10 minutes
 * @param maxFilterBytes bytes of one client's topic filters with their routes, 1 KiB..1 GiB
 * @param checksPayloadFormat whether payloads that are said to be UTF-8 are looked at
 * @param sharing how members of shared subscriptions are chosen
 * @param sharedIn3 whether clients of MQTT 3.1 and 3.1.1 may share subscriptions
 * @param limits5 what MQTT 5 tells a client of the node's bounds
 * @param maxPendingBytes bytes given to the store and not yet committed above which publishers are not read
 */
public record MqttSettings(
        int maxPacketSize,
        int maxConnectSize,
        PacketPace.Bound pace,
        FlowSettings flow,
        int retainedMax,
        Duration subscribeTimeout,
        long maxFilterBytes,
        boolean checksPayloadFormat,
        SharedStrategy sharing,
        boolean sharedIn3,
        Mqtt5Writer.Limits limits5,
        long maxPendingBytes) {
    private static final int PACKET_MIN = 128;
    private static final int PACKET_MAX = 268_435_455;
    private static final int ALIASES_MAX = 65_535;
    private static final int REFERENCE_MAX = 1024;
    private static final Pattern REFERENCE = Pattern.compile("([\\w.:\\[\\]-]+( [\\w.:\\[\\]-]+)*)?");
    private static final int RETAINED_MAX = 100_000_000;
    private static final long FILTERS_MIN = 1024;
    private static final long FILTERS_MAX = 1 << 30;
    private static final long PENDING_AUTO_MAX = 64 << 20;
    private static final int PENDING_PARTS_OF_HEAP = 8;
    private static final Duration PACE_MIN = Duration.ofMillis(100);
    private static final Duration PACE_MAX = Duration.ofHours(1);
    private static final Duration SUBSCRIBE_MIN = Duration.ofSeconds(1);
    private static final Duration SUBSCRIBE_MAX = Duration.ofMinutes(10);

    /**
     * Reads and checks {@code skein.mqtt}, {@code skein.storage.max-pending-bytes} and
     * {@code skein.edge.server-reference}.
     */
    public static MqttSettings from(Config skein) {
        Config mqtt = skein.getConfig("mqtt");
        long packet = mqtt.getBytes("max-packet-size");
        require("skein.mqtt.max-packet-size", packet, PACKET_MIN, PACKET_MAX);
        long connect = mqtt.getBytes("max-connect-size");
        require("skein.mqtt.max-connect-size", connect, PACKET_MIN, PACKET_MAX);
        int retained = mqtt.getInt("retained.max-messages");
        require("skein.mqtt.retained.max-messages", retained, 1, RETAINED_MAX);
        Duration subscribe = mqtt.getDuration("subscribe-timeout");
        if (subscribe.compareTo(SUBSCRIBE_MIN) < 0 || subscribe.compareTo(SUBSCRIBE_MAX) > 0) {
            throw new IllegalArgumentException("skein.mqtt.subscribe-timeout: " + DurationText.of(subscribe)
                    + " (expected: " + DurationText.range(SUBSCRIBE_MIN, SUBSCRIBE_MAX) + ")");
        }
        long filters = mqtt.getBytes("max-filter-bytes");
        require("skein.mqtt.max-filter-bytes", filters, FILTERS_MIN, FILTERS_MAX);
        boolean auto = skein.getString("storage.max-pending-bytes").equals("auto");
        long pending = auto ? pendingOfThisJvm() : skein.getBytes("storage.max-pending-bytes");
        require("skein.storage.max-pending-bytes", pending, 1, Long.MAX_VALUE);
        FlowSettings flow = FlowSettings.from(mqtt);
        int fromClient = mqtt.getInt("topic-aliases.from-client");
        require("skein.mqtt.topic-aliases.from-client", fromClient, 0, ALIASES_MAX);
        int toClient = mqtt.getInt("topic-aliases.to-client");
        require("skein.mqtt.topic-aliases.to-client", toClient, 0, ALIASES_MAX);
        return new MqttSettings(
                (int) packet,
                (int) Math.min(connect, packet),
                pace(mqtt),
                flow,
                retained,
                subscribe,
                filters,
                mqtt.getBoolean("check-payload-format"),
                SharedStrategy.of(mqtt.getString("shared-subscriptions.strategy")),
                mqtt.getBoolean("shared-subscriptions.mqtt3"),
                Mqtt5Writer.Limits.ofNode(
                        flow.publishWindow(), (int) packet, fromClient, toClient, serverReference(skein)),
                pending);
    }

    private static String serverReference(Config skein) {
        String reference = skein.getString("edge.server-reference");
        if (reference.length() > REFERENCE_MAX || !REFERENCE.matcher(reference).matches()) {
            throw new IllegalArgumentException("skein.edge.server-reference: " + reference
                    + " (expected: host, host:port or several with a space between them, or empty)");
        }
        return reference;
    }

    private static PacketPace.Bound pace(Config mqtt) {
        Duration timeout = mqtt.getDuration("packet-timeout");
        if (timeout.compareTo(PACE_MIN) < 0 || timeout.compareTo(PACE_MAX) > 0) {
            throw new IllegalArgumentException("skein.mqtt.packet-timeout: " + DurationText.of(timeout) + " (expected: "
                    + DurationText.range(PACE_MIN, PACE_MAX) + ")");
        }
        long rate = mqtt.getBytes("packet-min-rate");
        require("skein.mqtt.packet-min-rate", rate, 0, PACKET_MAX);
        return new PacketPace.Bound(timeout, (int) rate);
    }

    private static long pendingOfThisJvm() {
        return Math.min(PENDING_AUTO_MAX, Runtime.getRuntime().maxMemory() / PENDING_PARTS_OF_HEAP);
    }

    private static void require(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
