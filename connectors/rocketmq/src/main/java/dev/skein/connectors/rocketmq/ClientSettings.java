package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Lanes;
import dev.skein.connectors.support.Times;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the configuration says of a connector.
 *
 * @param nameServers {@code host:port} each
 * @param accessKey empty for none
 * @param secretKey empty for none
 * @param producerGroup what the brokers call the sending side
 * @param poll how often routes, brokers and sources are looked at
 * @param timeout of a request
 * @param batch the most of a request that sends
 * @param messageBytes the largest body that is sent
 * @param waitingBytes the most that waits to be sent, of all sinks
 */
record ClientSettings(
        List<String> nameServers,
        String accessKey,
        String secretKey,
        String producerGroup,
        Duration poll,
        Duration timeout,
        Lanes.Limits batch,
        int messageBytes,
        int waitingBytes) {
    static final Set<String> KEYS = Set.of(
            "type",
            "name-servers",
            "access-key",
            "secret-key",
            "producer-group",
            "poll-interval",
            "request-timeout",
            "batch-records",
            "batch-bytes",
            "max-message-bytes",
            "max-waiting-bytes");

    /** A frame of the protocol has at most 16 MiB. */
    private static final int FRAME_MAX = 16_000_000;

    static ClientSettings of(Settings settings) {
        Duration timeout = timeout(settings);
        return new ClientSettings(
                settings.texts("name-servers"),
                settings.text("access-key").orElse("").strip(),
                settings.text("secret-key").orElse("").strip(),
                producerGroup(settings),
                poll(settings),
                timeout,
                // The client itself ends a request after its timeout, within a second: that reason is the better one.
                new Lanes.Limits(
                        batchRecords(settings),
                        batchBytes(settings),
                        timeout.multipliedBy(2).plusSeconds(5)),
                messageBytes(settings),
                waitingBytes(settings));
    }

    /** Reads each value that has a form; each throws when it is wrong. */
    static List<Runnable> checks(Settings settings) {
        return List.of(
                () -> producerGroup(settings),
                () -> poll(settings),
                () -> timeout(settings),
                () -> batchRecords(settings),
                () -> batchBytes(settings),
                () -> messageBytes(settings),
                () -> waitingBytes(settings));
    }

    String addresses() {
        return String.join(", ", nameServers);
    }

    private static String producerGroup(Settings settings) {
        String group = settings.text("producer-group").orElse("skein");
        if (Texts.isName(group)) {
            return group;
        }
        throw new IllegalArgumentException(
                settings.path() + ".producer-group = " + group + " (expected: " + Texts.NAME + ")");
    }

    private static Duration poll(Settings settings) {
        return Times.read(settings, "poll-interval", Duration.ofSeconds(2));
    }

    private static Duration timeout(Settings settings) {
        return Times.read(settings, "request-timeout", Duration.ofSeconds(5));
    }

    private static int batchRecords(Settings settings) {
        return settings.number("batch-records", 256, 1, 10_000);
    }

    private static int batchBytes(Settings settings) {
        return settings.number("batch-bytes", 1 << 20, 1024, FRAME_MAX);
    }

    private static int messageBytes(Settings settings) {
        return settings.number("max-message-bytes", 4 << 20, 1, FRAME_MAX);
    }

    private static int waitingBytes(Settings settings) {
        return settings.number("max-waiting-bytes", 64 << 20, 1024, Integer.MAX_VALUE);
    }
}
