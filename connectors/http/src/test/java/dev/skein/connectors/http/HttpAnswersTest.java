package dev.skein.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.testing.Outcomes;
import dev.skein.connectors.testing.Outcomes.Result;
import dev.skein.connectors.testing.Records;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAnswersTest {
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        server.add("/in/orders");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "200,taken",
        "204,taken",
        "302,passing",
        "400,lasting",
        "404,lasting",
        "408,passing",
        "429,passing",
        "500,passing",
        "503,passing"
    })
    void statusDecidesWhetherItIsSentAgain(int status, String expected) {
        server.answers((path, request) -> status);
        Result result = send(Map.of(), Records.of("orders", "c1", 1)).getFirst();
        assertThat(result.taken() ? "taken" : result.lasting() ? "lasting" : "passing")
                .isEqualTo(expected);
        if (!result.taken()) {
            assertThat(result.reason()).contains(Integer.toString(status)).contains(server.address());
        }
    }

    @Test
    void oneBadRecordOfABatchIsFoundAndTheOthersAreTaken() {
        server.answers((path, request) -> request.body().contains("c1/37") ? 400 : 204);
        List<Result> results = send(
                Map.of("batch-records", 100), Records.of("orders", "c1", 0, 100).toArray(new SinkRecord[0]));
        for (int i = 0; i < 100; i++) {
            assertThat(results.get(i).taken()).as("record " + i).isEqualTo(i != 37);
        }
        assertThat(results.get(37).lasting()).isTrue();
    }

    @Test
    void bodyIsSignedAndHeadersAreSent() throws Exception {
        send(
                Map.of("secret", "s3cret", "token", "t0ken", "headers", Map.of("X-Site", "north")),
                Records.of("orders", "c1", 1));
        TestServer.Request request = server.taken("/in/orders").getFirst();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = HexFormat.of().formatHex(mac.doFinal(request.body().getBytes(StandardCharsets.UTF_8)));
        assertThat(request.headers())
                .containsEntry("x-skein-signature", "sha256=" + signature)
                .containsEntry("authorization", "Bearer t0ken")
                .containsEntry("x-site", "north")
                .containsEntry("content-type", "application/json");
        assertThat(request.body())
                .isEqualTo("{\"key\":\"id-c1/1\",\"tag\":\"t\",\"properties\":{\"p\":\"v1\"},\"body\":\"c1/1\"}");
    }

    @Test
    void bytesThatAreNoTextAreBase64AndTextIsEscaped() {
        SinkRecord bytes = new SinkRecord("orders", "k\"1\"", "", "c", Map.of(), new byte[] {(byte) 0xff, 0});
        SinkRecord text =
                new SinkRecord("orders", "k", "", "c", Map.of(), "a\n\u0001é".getBytes(StandardCharsets.UTF_8));
        send(Map.of("batch-records", 2), bytes, text);
        assertThat(server.taken("/in/orders").getFirst().body())
                .isEqualTo("[{\"key\":\"k\\\"1\\\"\",\"tag\":\"\",\"properties\":{},\"bodyBase64\":\"/wA=\"},"
                        + "{\"key\":\"k\",\"tag\":\"\",\"properties\":{},\"body\":\"a\\n\\u0001é\"}]");
    }

    @Test
    void rawRequestIsTheBodyAlone() {
        send(
                Map.of("format", "raw"),
                new SinkRecord(
                        "orders",
                        "k1",
                        "t",
                        "c",
                        Map.of("mqttSecondTopic", "/ü&x"),
                        "body".getBytes(StandardCharsets.UTF_8)));
        TestServer.Request request = server.taken("/in/orders").getFirst();
        assertThat(request.body()).isEqualTo("body");
        assertThat(request.headers())
                .containsEntry("x-skein-key", "k1")
                .containsEntry("x-skein-tag", "t")
                .containsEntry("x-skein-properties", "mqttSecondTopic=%2F%C3%BC%26x");
    }

    @Test
    void pathDoesNotLeadToAnotherServer() {
        try (Connector connector = connector(Map.of("url", "http://" + server.address()));
                Sink sink = connector.sink("/in/orders", Settings.NONE)) {
            Outcomes outcomes = new Outcomes(1);
            sink.send(List.of(Records.of("not a path", "c", 1)), outcomes);
            assertThat(outcomes.only().lasting()).isTrue();
        }
        assertThat(Paths.under(java.net.URI.create("http://host"), "@elsewhere/x"))
                .hasValue(java.net.URI.create("http://host/@elsewhere/x"));
    }

    private List<Result> send(Map<String, Object> settings, SinkRecord... records) {
        try (Connector connector = connector(settings);
                Sink sink = connector.sink("orders", Settings.NONE)) {
            Outcomes outcomes = new Outcomes(records.length);
            sink.send(List.of(records), outcomes);
            return outcomes.all();
        }
    }

    private Connector connector(Map<String, Object> settings) {
        Map<String, Object> values = new HashMap<>(Map.of("url", "http://" + server.address() + "/in"));
        values.putAll(settings);
        return new HttpType().open(new Settings("skein.connectors.h", values));
    }
}
