package dev.skein.connectors.http;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Lanes;
import dev.skein.connectors.support.Times;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration says of the sending side.
 *
 * @param url what the paths of sinks stand behind; empty when the connector has a webhook only
 * @param headers of each request
 * @param secret the key of the signature; empty for none
 * @param trustFile certificates in PEM that the server's must come from; empty for those of the JDK
 * @param raw whether a request is the body of one message, rather than JSON
 * @param parallel how many requests a sink has under way
 * @param timeout of a request
 * @param batch the most of a request
 * @param waitingBytes the most that waits to be sent, of all sinks
 */
record ClientSettings(
        Optional<URI> url,
        Map<String, String> headers,
        String secret,
        Optional<Path> trustFile,
        boolean raw,
        int parallel,
        Duration timeout,
        Lanes.Limits batch,
        int waitingBytes) {
    static final Set<String> KEYS = Set.of(
            "type",
            "url",
            "headers",
            "token",
            "secret",
            "trust-file",
            "format",
            "parallel",
            "request-timeout",
            "batch-records",
            "batch-bytes",
            "max-waiting-bytes",
            "webhook");

    static ClientSettings of(Settings settings) {
        Duration timeout = timeout(settings);
        Map<String, String> headers = headers(settings);
        settings.text("token").ifPresent(token -> headers.put("Authorization", "Bearer " + token));
        return new ClientSettings(
                url(settings),
                headers,
                settings.text("secret").orElse(""),
                trustFile(settings),
                raw(settings),
                parallel(settings),
                timeout,
                new Lanes.Limits(
                        raw(settings) ? 1 : batchRecords(settings), batchBytes(settings), timeout.plusSeconds(5)),
                waitingBytes(settings));
    }

    /** Reads each value; each throws when it is wrong. */
    static List<Runnable> checks(Settings settings) {
        return List.of(
                () -> url(settings),
                () -> headers(settings),
                () -> trustFile(settings),
                () -> raw(settings),
                () -> parallel(settings),
                () -> timeout(settings),
                () -> batchRecords(settings),
                () -> batchBytes(settings),
                () -> waitingBytes(settings));
    }

    private static Optional<URI> url(Settings settings) {
        Optional<String> text = settings.text("url");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI url = URI.create(text.get());
            if (List.of("http", "https").contains(String.valueOf(url.getScheme())) && url.getHost() != null) {
                return Optional.of(url);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw wrong(settings, "url", text.get(), "an address such as https://host/path");
    }

    private static Map<String, String> headers(Settings settings) {
        Map<String, String> headers = new LinkedHashMap<>();
        settings.part("headers").values().forEach((name, value) -> {
            try {
                HttpRequest.newBuilder().header(name, value.toString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        settings.path() + ".headers." + name + ": not a header that may be set", e);
            }
            headers.put(name, value.toString());
        });
        return headers;
    }

    private static Optional<Path> trustFile(Settings settings) {
        Optional<Path> file = settings.text("trust-file").map(Path::of);
        if (file.isPresent() && !Files.isReadable(file.get())) {
            throw wrong(settings, "trust-file", file.get().toString(), "a file in PEM that can be read");
        }
        return file;
    }

    private static boolean raw(Settings settings) {
        String format = settings.text("format").orElse("json");
        if (!format.equals("json") && !format.equals("raw")) {
            throw wrong(settings, "format", format, "json or raw");
        }
        return format.equals("raw");
    }

    private static Duration timeout(Settings settings) {
        return Times.read(settings, "request-timeout", Duration.ofSeconds(10));
    }

    private static int parallel(Settings settings) {
        return settings.number("parallel", 8, 1, 1000);
    }

    private static int batchRecords(Settings settings) {
        return settings.number("batch-records", 1, 1, 10_000);
    }

    private static int batchBytes(Settings settings) {
        return settings.number("batch-bytes", 1 << 20, 1024, 100 << 20);
    }

    private static int waitingBytes(Settings settings) {
        return settings.number("max-waiting-bytes", 64 << 20, 1024, Integer.MAX_VALUE);
    }

    static IllegalArgumentException wrong(Settings settings, String key, String value, String expected) {
        return new IllegalArgumentException(
                settings.path() + "." + key + " = " + value + " (expected: " + expected + ")");
    }
}
