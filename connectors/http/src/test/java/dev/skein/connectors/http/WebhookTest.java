package dev.skein.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceRecord;
import dev.skein.connectors.testing.Await;
import dev.skein.connectors.testing.Received;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookTest {
    private static final String TOKEN = "0123456789";
    private final Webhook webhook =
            new Webhook(new WebhookSettings("127.0.0.1", 0, TOKEN, 1000), Executors.newVirtualThreadPerTaskExecutor());
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        webhook.close();
        client.close();
    }

    @Test
    void postIsAMessageAndAnsweredWhenItIsDone() throws Exception {
        Received received = Received.acknowledging();
        webhook.source("/in", 10, received);
        int status = status(post("/in", "hello")
                .header("X-Skein-Key", "k1")
                .header("X-Skein-Tag", "t")
                .header("X-Skein-Properties", "mqttSecondTopic=%2Fa&qoslevel=1"));
        assertThat(status).isEqualTo(204);
        SourceRecord message = received.messages().getFirst();
        assertThat(Received.body(message)).isEqualTo("hello");
        assertThat(message.key()).isEqualTo("k1");
        assertThat(message.tag()).isEqualTo("t");
        assertThat(message.properties()).isEqualTo(Map.of("mqttSecondTopic", "/a", "qoslevel", "1"));
    }

    @Test
    void senderIsToldToComeAgain() throws Exception {
        Received received = new Received((message, acknowledgement) -> acknowledgement.later());
        Source source = webhook.source("/in", 10, received);
        assertThat(status(post("/in", "x"))).isEqualTo(503);
        received.then((message, acknowledgement) -> acknowledgement.done());
        source.pause();
        assertThat(status(post("/in", "x"))).isEqualTo(503);
        source.resume();
        assertThat(status(post("/in", "x"))).isEqualTo(204);
        source.close();
        assertThat(status(post("/in", "x"))).isEqualTo(404);
    }

    @Test
    void refusesWithoutTokenOtherMethodsOtherPathsAndLargeBodies() throws Exception {
        Received received = Received.acknowledging();
        webhook.source("/in", 10, received);
        assertThat(status(HttpRequest.newBuilder(address("/in")).POST(HttpRequest.BodyPublishers.ofString("x"))))
                .isEqualTo(401);
        assertThat(status(post("/in", "x").setHeader("Authorization", "Bearer 012345678")))
                .isEqualTo(401);
        assertThat(status(post("/in", "x").GET())).isEqualTo(405);
        assertThat(status(post("/inner", "x"))).isEqualTo(404);
        assertThat(status(post("/in", "x".repeat(1001)))).isEqualTo(413);
        assertThat(received.messages()).isEmpty();
        assertThat(status(post("/in", "x".repeat(1000)))).isEqualTo(204);
    }

    @Test
    void portThatIsTakenIsToldAndTriedAgain() throws Exception {
        webhook.source("/in", 10, Received.acknowledging());
        int port = port();
        Webhook second = new Webhook(
                new WebhookSettings("127.0.0.1", port, TOKEN, 1000), Executors.newVirtualThreadPerTaskExecutor());
        Received received = Received.acknowledging();
        try {
            second.source("/in", 10, received);
            Await.until(() -> !received.problems().isEmpty(), () -> "no problem");
            assertThat(received.problems().getFirst())
                    .hasValueSatisfying(text -> assertThat(text).contains("127.0.0.1:" + port));
            webhook.close();
            Await.until(
                    () -> received.problems().getLast().isEmpty(),
                    () -> received.problems().toString());
            assertThat(second.port()).isEqualTo(Optional.of(port));
        } finally {
            second.close();
        }
    }

    @Test
    void settingsOfConnectorNameWhatIsWrong() {
        Settings settings = new Settings(
                "skein.connectors.h", Map.of("webhook", Map.of("listen", "8080", "token", "short"), "url", "ftp://x"));
        assertThat(new HttpType().problems(settings))
                .anyMatch(line -> line.startsWith("skein.connectors.h.webhook.listen = 8080"))
                .anyMatch(line -> line.startsWith("skein.connectors.h.webhook.token") && !line.contains("short)"))
                .anyMatch(line -> line.startsWith("skein.connectors.h.url = ftp://x"));
    }

    private HttpRequest.Builder post(String path, String body) {
        return HttpRequest.newBuilder(address(path))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    private int port() {
        Await.until(() -> webhook.port().isPresent(), () -> "it does not listen");
        return webhook.port().orElseThrow();
    }

    private int status(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
