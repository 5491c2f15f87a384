package dev.skein.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Talks to the control API of one node. Blocks. */
final class ApiClient implements AutoCloseable {
    static final JsonMapper MAPPER = new JsonMapper();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int ERRORS = 400;
    private static final int UNAUTHORIZED = 401;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final URI base;
    private final ApiOptions options;

    ApiClient(ApiOptions options) {
        this.options = options;
        this.base = base(options.url());
    }

    /** The node's answer to a GET; {@code path} begins behind {@code /instances/<id>}. */
    JsonNode get(String path, Map<String, String> query) {
        return send("GET", instance() + path + query(query), HttpRequest.BodyPublishers.noBody());
    }

    /** All instances. */
    JsonNode instances() {
        return send("GET", "/api/v1/instances", HttpRequest.BodyPublishers.noBody());
    }

    /** The back ends of the node. */
    JsonNode connectors() {
        return send("GET", "/api/v1/connectors", HttpRequest.BodyPublishers.noBody());
    }

    /** Tries one of them. */
    JsonNode testConnector(String id) {
        return send("POST", "/api/v1/connectors" + segment(id) + "/test", HttpRequest.BodyPublishers.noBody());
    }

    /** The members of the node's cluster. */
    JsonNode cluster() {
        return send("GET", "/api/v1/cluster", HttpRequest.BodyPublishers.noBody());
    }

    /** Begins to drain the node. */
    JsonNode drain() {
        return send("POST", "/api/v1/node/drain", HttpRequest.BodyPublishers.noBody());
    }

    /** What the node says of its readiness, good or bad; empty when nobody answers. */
    Optional<JsonNode> readiness() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/health/ready"))
                .timeout(CONNECT_TIMEOUT)
                .build();
        try {
            return Optional.of(json(http.send(request, HttpResponse.BodyHandlers.ofString())));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure(base + ": interrupted");
        }
    }

    /** The node's answer to a POST. */
    JsonNode post(String path, ObjectNode body) {
        return send("POST", instance() + path, HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    /** The node's answer to a POST that says nothing but its path. */
    JsonNode post(String path) {
        return send("POST", instance() + path, HttpRequest.BodyPublishers.noBody());
    }

    /** The node's answer to a DELETE: an empty object. */
    JsonNode delete(String path) {
        return delete(path, Map.of());
    }

    /** The node's answer to a DELETE of what the query names. */
    JsonNode delete(String path, Map<String, String> query) {
        return send("DELETE", instance() + path + query(query), HttpRequest.BodyPublishers.noBody());
    }

    /** One segment of a path. */
    static String segment(String text) {
        if (text.isEmpty()) {
            throw new CliFailure("name: empty (expected: at least one character)");
        }
        // The encoder is that of forms: a space is a plus there. Dots stay, and "." and ".." would be swallowed.
        return "/"
                + URLEncoder.encode(text, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace(".", "%2E");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private String instance() {
        return "/api/v1/instances" + segment(options.instance());
    }

    private static String query(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> query.append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return query.toString();
    }

    private JsonNode send(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .method(method, body);
        if (!options.token().isEmpty()) {
            request.header("Authorization", "Bearer " + options.token());
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return read(response);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new CliFailure(base + ": nobody answers (expected: a running node; see --url)");
        } catch (HttpTimeoutException e) {
            throw new CliFailure(base + ": no answer within " + ANSWER_TIMEOUT.toSeconds() + " s (expected: one)");
        } catch (IOException e) {
            throw new CliFailure(base + ": " + e.getMessage() + " (expected: an answer)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure(base + ": interrupted");
        }
    }

    private JsonNode read(HttpResponse<String> response) {
        JsonNode json = json(response);
        if (response.statusCode() < ERRORS) {
            return json;
        }
        String message = json.path("message").asText();
        if (response.statusCode() == UNAUTHORIZED) {
            throw new CliFailure(
                    options.token().isEmpty()
                            ? "the node asks for a token: use --token or SKEIN_TOKEN"
                            : "the node does not accept this token");
        }
        throw new CliFailure(message.isEmpty() ? unexpected(response) : message);
    }

    private JsonNode json(HttpResponse<String> response) {
        try {
            return response.body().isEmpty() ? MAPPER.createObjectNode() : MAPPER.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new CliFailure(unexpected(response));
        }
    }

    private String unexpected(HttpResponse<String> response) {
        return "%s: status %d (expected: the control API of a Skein node)".formatted(base, response.statusCode());
    }

    private static URI base(String text) {
        String url = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        try {
            URI uri = URI.create(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Answered below.
        }
        throw new CliUsage("--url: %s (expected: such as http://127.0.0.1:8080)".formatted(text));
    }
}
