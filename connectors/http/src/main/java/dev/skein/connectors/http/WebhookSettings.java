package dev.skein.connectors.http;

import dev.skein.connectors.api.Settings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * What the configuration says of the webhook.
 *
 * @param host where it listens; empty for no webhook
 * @param port where it listens
 * @param token what requests must bring as {@code Authorization: Bearer}
 * @param messageBytes the largest body
 */
record WebhookSettings(String host, int port, String token, int messageBytes) {
    private static final Set<String> KEYS = Set.of("listen", "token", "max-message-bytes");

    static WebhookSettings of(Settings settings) {
        String listen = listen(settings);
        int colon = listen.lastIndexOf(':');
        return new WebhookSettings(
                colon < 0 ? "" : listen.substring(0, colon),
                colon < 0 ? 0 : Integer.parseInt(listen.substring(colon + 1)),
                settings.text("token").orElse(""),
                messageBytes(settings));
    }

    static List<Runnable> checks(Settings settings) {
        return List.of(
                () -> listen(settings), () -> token(settings), () -> messageBytes(settings), () -> keys(settings));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    private static void keys(Settings settings) {
        settings.values().keySet().stream()
                .filter(key -> !KEYS.contains(key))
                .sorted()
                .findFirst()
                .ifPresent(key -> {
                    throw new IllegalArgumentException(settings.path() + "." + key + ": unknown key (expected: one of "
                            + String.join(", ", KEYS.stream().sorted().toList()) + ")");
                });
    }

    private static String listen(Settings settings) {
        String listen = settings.text("listen").orElse("");
        if (listen.isEmpty() && settings.values().isEmpty()) {
            return "";
        }
        try {
            int port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
            if (listen.lastIndexOf(':') > 0 && port >= 0 && port <= 65_535) {
                return listen;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw ClientSettings.wrong(settings, "listen", listen, "host:port");
    }

    private static void token(Settings settings) {
        if (!settings.values().isEmpty() && settings.text("token").orElse("").length() < 8) {
            throw new IllegalArgumentException(
                    settings.path() + ".token: too short (expected: at least 8 characters, which senders must bring)");
        }
    }

    private static int messageBytes(Settings settings) {
        return settings.number("max-message-bytes", 1 << 20, 1, 100 << 20);
    }
}
