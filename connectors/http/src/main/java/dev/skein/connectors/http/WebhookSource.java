package dev.skein.connectors.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.api.SourceRecord;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A path of the webhook: a POST is a message. It is answered with 204 when the message is done; with 503 when the
 * sender is to send it again, so that nothing is kept here.
 */
final class WebhookSource implements Source, HttpHandler {
    private static final long PATIENCE_S = 30;

    private final String path;
    private final WebhookSettings settings;
    private final SourceListener listener;
    private final Webhook webhook;
    private final Semaphore room;
    private volatile boolean paused;
    private volatile boolean ended;

    WebhookSource(String path, int inFlight, WebhookSettings settings, SourceListener listener, Webhook webhook) {
        this.path = path;
        this.settings = settings;
        this.listener = listener;
        this.webhook = webhook;
        room = new Semaphore(inFlight);
    }

    String path() {
        return path;
    }

    SourceListener listener() {
        return listener;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = status(exchange);
            if (status == 503) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private int status(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return 404; // a context has all that begins with its path
        }
        if (!hasToken(exchange.getRequestHeaders())) {
            return 401;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            return 405;
        }
        if (paused || ended || !room.tryAcquire()) {
            return 503;
        }
        try {
            byte[] body = exchange.getRequestBody().readNBytes(settings.messageBytes() + 1);
            return body.length > settings.messageBytes() ? 413 : give(exchange.getRequestHeaders(), body);
        } finally {
            room.release();
        }
    }

    private boolean hasToken(Headers headers) {
        String given = Objects.requireNonNullElse(headers.getFirst("Authorization"), "");
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8),
                ("Bearer " + settings.token()).getBytes(StandardCharsets.UTF_8));
    }

    private int give(Headers headers, byte[] body) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        listener.received(record(headers, body), new SourceListener.Acknowledgement() {
            @Override
            public void done() {
                status.complete(204);
            }

            @Override
            public void later() {
                status.complete(503);
            }
        });
        try {
            return status.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return 503;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 503;
        }
    }

    private SourceRecord record(Headers headers, byte[] body) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String property : Objects.requireNonNullElse(headers.getFirst("X-Skein-Properties"), "")
                .split("&", -1)) {
            int equals = property.indexOf('=');
            if (equals > 0) {
                properties.put(decoded(property.substring(0, equals)), decoded(property.substring(equals + 1)));
            }
        }
        String key = decoded(Objects.requireNonNullElse(headers.getFirst("X-Skein-Key"), ""));
        String tag = decoded(Objects.requireNonNullElse(headers.getFirst("X-Skein-Tag"), ""));
        String id = key.isEmpty() ? UUID.randomUUID().toString() : key;
        return new SourceRecord(id, path, key, tag, properties, body);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
    }

    void end() {
        ended = true;
    }

    @Override
    public void close() {
        end();
        webhook.remove(this);
    }
}
