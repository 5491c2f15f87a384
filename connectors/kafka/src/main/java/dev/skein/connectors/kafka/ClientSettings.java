package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Times;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * What the configuration says of a connector.
 *
 * @param servers {@code host:port} each
 * @param common what producers, consumers and administration have in common
 * @param poll how often sources are looked at and offsets committed
 * @param timeout of a request
 * @param messageBytes the largest request with one message
 * @param waitingBytes the most that waits to be sent, of all sinks
 */
record ClientSettings(
        List<String> servers,
        Map<String, Object> common,
        Duration poll,
        Duration timeout,
        int messageBytes,
        int waitingBytes) {
    static final Set<String> KEYS = keys();

    private static Set<String> keys() {
        Set<String> keys = new HashSet<>(Access.KEYS);
        keys.addAll(List.of(
                "type",
                "bootstrap-servers",
                "poll-interval",
                "request-timeout",
                "max-message-bytes",
                "max-waiting-bytes"));
        return Set.copyOf(keys);
    }

    static ClientSettings of(Settings settings) {
        Map<String, Object> common = new HashMap<>(Access.properties(settings));
        List<String> servers = settings.texts("bootstrap-servers");
        common.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        common.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int)
                timeout(settings).toMillis());
        common.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, poll(settings).toMillis());
        common.put(
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                poll(settings).toMillis());
        common.put(
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                timeout(settings).toMillis());
        return new ClientSettings(
                servers,
                Map.copyOf(common),
                poll(settings),
                timeout(settings),
                messageBytes(settings),
                waitingBytes(settings));
    }

    /** Reads each value that has a form; each throws when it is wrong. */
    static List<Runnable> checks(Settings settings) {
        return List.of(
                () -> poll(settings),
                () -> timeout(settings),
                () -> messageBytes(settings),
                () -> waitingBytes(settings));
    }

    String addresses() {
        return String.join(", ", servers);
    }

    private static Duration poll(Settings settings) {
        return Times.read(settings, "poll-interval", Duration.ofSeconds(2));
    }

    private static Duration timeout(Settings settings) {
        return Times.read(settings, "request-timeout", Duration.ofSeconds(5));
    }

    private static int messageBytes(Settings settings) {
        return settings.number("max-message-bytes", 1 << 20, 1024, 100 << 20);
    }

    private static int waitingBytes(Settings settings) {
        return settings.number("max-waiting-bytes", 64 << 20, 1024, Integer.MAX_VALUE);
    }
}
