package dev.skein.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Requests of the tests, over a real socket. */
final class Http11 implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    Http11(String url) {
        this.url = url;
    }

    /** Sends {@code body} as JSON; {@code headers} are names and values in turn. */
    Reply send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).method(method, publisher);
        if (!List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(response);
    }

    Reply get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    Reply post(String path, String body) throws Exception {
        return send("POST", path, body);
    }

    @Override
    public void close() {
        client.close();
    }

    /** One answer. */
    record Reply(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        JsonNode json() throws IOException {
            return Json.MAPPER.readTree(response.body());
        }

        /** {@code status code: message}. */
        String error() throws IOException {
            JsonNode json = json();
            return status() + " " + json.path("code").asText() + ": "
                    + json.path("message").asText();
        }
    }
}
