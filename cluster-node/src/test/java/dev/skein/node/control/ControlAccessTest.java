package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlAccessTest {
    private static final String TOKEN = "s3cret-Token.~+/==";
    private static final String INSTANCES = "/api/v1/instances";
    private static TestServer open;
    private static TestServer guarded;

    @BeforeAll
    static void start() throws Exception {
        open = TestServer.start(new FakeNode(), "");
        guarded = TestServer.start(new FakeNode(), TOKEN);
    }

    @AfterAll
    static void stop() {
        open.close();
        guarded.close();
    }

    @Test
    void tokenOpensTheApi() throws Exception {
        try (Http11 http = new Http11(guarded.url())) {
            assertThat(http.get(INSTANCES, "Authorization", "Bearer " + TOKEN).status())
                    .isEqualTo(200);
            assertThat(http.get(INSTANCES, "Authorization", "bearer " + TOKEN).status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer wrong", "Bearer", "Bearer s3cret-Token.~+/=", "Basic czNjcmV0", "s3cret-Token.~+/=="})
    void wrongTokenIsRefused(String authorization) throws Exception {
        try (Http11 http = new Http11(guarded.url())) {
            Http11.Reply reply = http.get(INSTANCES, "Authorization", authorization);
            assertThat(reply.error()).startsWith("401 unauthorized: Authorization: wrong");
            assertThat(reply.response().headers().firstValue("WWW-Authenticate"))
                    .hasValue("Bearer realm=\"skein\"");
        }
    }

    @Test
    void withoutTheTokenOnlyHealthAndMetricsAnswer() throws Exception {
        try (Http11 http = new Http11(guarded.url())) {
            assertThat(http.get(INSTANCES).error()).startsWith("401 unauthorized: Authorization: absent");
            assertThat(http.get("/api/v1/openapi.json").status()).isEqualTo(401);
            assertThat(http.get("/api/v1/nope").status()).isEqualTo(401);
            assertThat(http.get("/health/live").status()).isEqualTo(200);
            assertThat(http.get("/health/ready").status()).isEqualTo(200);
            assertThat(http.get("/metrics").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "127.0.0.1:8080, 200",
        "localhost:8080, 200",
        "LOCALHOST, 200",
        "[::1]:8080, 200",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example:8080, 403",
        "evil.example, 403",
        "192.0.2.1:8080, 403",
    })
    void withoutATokenTheHostMustBeThisMachine(String host, int status) throws Exception {
        assertThat(raw(open, "GET " + INSTANCES + " HTTP/1.1\r\nHost: " + host)).startsWith("HTTP/1.1 " + status);
        assertThat(raw(open, "GET /metrics HTTP/1.1\r\nHost: " + host)).startsWith("HTTP/1.1 " + status);
        assertThat(raw(open, "GET /health/live HTTP/1.1\r\nHost: " + host)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, 200",
        "http://127.0.0.1:8081, 403",
        "http://evil.example, 403",
        "null, 403",
    })
    void withoutATokenAPageOfAnotherSiteIsRefused(String origin, int status) throws Exception {
        assertThat(raw(open, "GET " + INSTANCES + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: " + origin))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void withATokenHostAndOriginDoNotMatter() throws Exception {
        assertThat(raw(
                        guarded,
                        "GET " + INSTANCES + " HTTP/1.1\r\nHost: broker.example\r\nOrigin: http://console.example"
                                + "\r\nAuthorization: Bearer " + TOKEN))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void targetInAbsoluteFormReachesTheSameRoutes() throws Exception {
        assertThat(raw(open, "GET http://127.0.0.1/api/v1/instances?x=1 HTTP/1.1\r\nHost: 127.0.0.1"))
                .contains("x: unknown parameter");
    }

    @Test
    void whatIsNotHttpIsAnsweredInJson() throws Exception {
        assertThat(raw(open, "GET /\u0001 HTTP/1.1\r\nHost: 127.0.0.1")).contains("\"code\":\"malformed-request\"");
        assertThat(raw(open, "GET /%zz HTTP/1.1\r\nHost: 127.0.0.1")).contains("HTTP/1.1 400", "\"code\":\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host = 0.0.0.0 | skein.http.token: empty (expected: a token, because skein.http.host 0.0.0.0",
                "host = [localhost, 0.0.0.0] | skein.http.token: empty",
                "host = broker.example | skein.http.token: empty",
                "host = 127.0.0.1.evil.example | skein.http.token: empty",
                "port = 65536 | skein.http.port: 65536 (expected: 0..65535)",
                "max-body = 1 | skein.http.max-body: 1 (expected: 1024..268435456)",
                "answer-timeout = 0s | skein.http.answer-timeout: 0 s (expected: 1 ms..5 m)",
                "token = \"a b\" | skein.http.token: a token with other characters",
            })
    void wrongSettingIsNamed(String setting, String message) {
        assertThatThrownBy(() -> HttpSettings.from(settings(setting)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host = localhost",
                "host = [127.0.0.1, \"::1\"]",
                "host = 127.1.2.3",
                "host = \"::1\"",
                "host = 0.0.0.0, token = abc",
                "host = 0.0.0.0, enabled = false",
            })
    void loopbackOrATokenIsEnough(String setting) {
        assertThat(HttpSettings.from(settings(setting)).toString()).doesNotContain("abc");
    }

    private static Config settings(String text) {
        return ConfigFactory.parseString(text)
                .withFallback(ConfigFactory.defaultReference().getConfig("skein.http"))
                .resolve();
    }

    /** Sends a request as it stands, and returns all that comes back. */
    private static String raw(TestServer server, String head) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
