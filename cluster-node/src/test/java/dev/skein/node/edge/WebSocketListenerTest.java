package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.hex;
import static dev.skein.node.edge.EdgeFixture.isClosed;
import static dev.skein.node.edge.EdgeFixture.receive;
import static dev.skein.node.edge.EdgeFixture.send;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.tls.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketListenerTest {

    private HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void endClient() {
        client.shutdownNow();
    }

    /** Collects what the server sends. */
    private static final class Inbox implements WebSocket.Listener {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            message.writeBytes(part);
            if (last) {
                events.add(message.toString(ISO_8859_1));
                message.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            events.add("pong " + ISO_8859_1.decode(data));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            events.add("close " + code);
            return null;
        }

        @Nullable
        String next() throws InterruptedException {
            return events.poll(EdgeFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private WebSocket open(String uri, Inbox inbox, String first, String... more) throws Exception {
        return client.newWebSocketBuilder()
                .subprotocols(first, more)
                .buildAsync(URI.create(uri), inbox)
                .get(EdgeFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private static void done(CompletionStage<WebSocket> stage) throws Exception {
        stage.toCompletableFuture().get(EdgeFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    // [MQTT-6.0.0-1] [MQTT-6.0.0-3] [MQTT-6.0.0-4]
    @ParameterizedTest
    @CsvSource({"mqtt, unknown, mqtt", "mqttv3.1, unknown, mqttv3.1", "unknown, mqtt, mqtt", "mqttv3.1, mqtt, mqttv3.1"
    })
    void clientOfTheJdkTalksInBinaryFrames(String first, String second, String chosen) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            Inbox inbox = new Inbox();
            WebSocket socket = open("ws://127.0.0.1:" + edge.port("ws") + "/mqtt", inbox, first, second);

            assertThat(socket.getSubprotocol()).isEqualTo(chosen);
            done(socket.sendBinary(bytes("hello"), true));
            assertThat(inbox.next()).isEqualTo("hello");
            done(socket.sendPing(bytes("there?")));
            assertThat(inbox.next()).isEqualTo("pong there?");
            done(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
            assertThat(inbox.next()).isEqualTo("close 1000");
            edge.await("closed ws");
            assertThat(edge.nextConnection().webSocket()).isTrue();
        }
    }

    private static String answerToPageOf(String origin, EdgeFixture edge) throws Exception {
        try (Socket socket = edge.connect("ws")) {
            send(socket, RawWebSocket.request("mqtt").replace("\r\n\r\n", "\r\nOrigin: " + origin + "\r\n\r\n"));
            return RawWebSocket.readResponse(socket).lines().findFirst().orElse("");
        }
    }

    @Test
    void pageOfAnotherSiteUsesNoVisitorsBroker() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            assertThat(answerToPageOf("https://elsewhere.example", edge)).isEqualTo("HTTP/1.1 403 Forbidden");
            edge.await("refused ws websocket-origin");
            assertThat(answerToPageOf("null", edge)).isEqualTo("HTTP/1.1 403 Forbidden");
        }
        try (EdgeFixture edge = EdgeFixture.start("listeners.ws.origins = [\"https://elsewhere.example\"]")) {
            assertThat(answerToPageOf("https://elsewhere.example", edge)).startsWith("HTTP/1.1 101 ");
        }
        try (EdgeFixture edge = EdgeFixture.start("instances.default.anonymous = never")) {
            assertThat(answerToPageOf("https://elsewhere.example", edge)).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void serverSaysGoodbyeWhenTheProtocolCloses() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            Inbox inbox = new Inbox();
            WebSocket socket = open("ws://127.0.0.1:" + edge.port("ws"), inbox, "mqtt");
            done(socket.sendBinary(bytes("bye"), true));
            assertThat(inbox.next()).isEqualTo("bye");
            assertThat(inbox.next()).isEqualTo("close 1000");
        }
    }

    // [MQTT-6.0.0-1]
    @Test
    void textFrameClosesTheConnection() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            Inbox inbox = new Inbox();
            WebSocket socket = open("ws://127.0.0.1:" + edge.port("ws"), inbox, "mqtt");
            done(socket.sendText("hello", true));
            assertThat(inbox.next()).isEqualTo("close 1003");
            edge.await("closed ws");
        }
    }

    @Test
    void secureWebSocketWorks(@TempDir Path directory) throws Exception {
        TestCertificates ca = TestCertificates.ca("CN=Skein test CA");
        ca.issue("CN=server", 2).write(directory, "server");
        String tls = "tls { certificate = \"%1$s/server.crt\", key = \"%1$s/server.key\" }".formatted(directory);
        try (EdgeFixture edge = EdgeFixture.start(tls)) {
            client = HttpClient.newBuilder().sslContext(ca.client(null)).build();
            Inbox inbox = new Inbox();
            WebSocket socket = open("wss://127.0.0.1:" + edge.port("wss") + "/", inbox, "mqtt");
            String large = "x".repeat(200_000) + "bye";
            done(socket.sendBinary(bytes(large), true));
            StringBuilder echoed = new StringBuilder();
            while (echoed.length() < large.length()) {
                echoed.append(inbox.next());
            }
            assertThat(echoed.toString()).isEqualTo(large);
            assertThat(inbox.next()).isEqualTo("close 1000");
            ConnectionInfo info = edge.nextConnection();
            assertThat(info.tls() && info.webSocket()).isTrue();
        }
    }

    @Test
    void clientMayNameNoSubprotocolAndAnyPath() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                Socket socket = edge.connect("ws")) {
            send(socket, RawWebSocket.request(""));
            String response = RawWebSocket.readResponse(socket);
            // RFC 6455 section 1.3 gives the answer to its key.
            assertThat(response)
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .doesNotContainIgnoringCase("sec-websocket-protocol")
                    .doesNotContainIgnoringCase("sec-websocket-extensions");
        }
    }

    @Test
    void framesRightBehindTheRequestAreNotLost() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                Socket socket = edge.connect("ws")) {
            send(socket, RawWebSocket.request("mqtt") + new String(RawWebSocket.frame(0x82, "early"), ISO_8859_1));
            assertThat(RawWebSocket.readResponse(socket)).startsWith("HTTP/1.1 101 ");
            assertThat(receive(socket, 7)).isEqualTo(hex("8205") + "early");
        }
    }

    static List<Arguments> requestsThatOpenNothing() {
        String good = RawWebSocket.request("mqtt");
        return List.of(
                Arguments.of("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426),
                Arguments.of(good.replace("Version: 13", "Version: 8"), 426),
                Arguments.of(good.replace("Upgrade: websocket", "Upgrade: h2c"), 426),
                Arguments.of(good.replace(RawWebSocket.KEY, "short"), 400),
                Arguments.of(RawWebSocket.request("chat, wamp"), 400),
                Arguments.of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400),
                Arguments.of("this is no HTTP\r\n\r\n", 400));
    }

    @ParameterizedTest
    @MethodSource("requestsThatOpenNothing")
    void requestThatOpensNoWebSocketIsAnswered(String request, int status) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                Socket socket = edge.connect("ws")) {
            send(socket, request);
            String response = RawWebSocket.readResponse(socket);
            assertThat(response).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("text/plain");
            assertThat(isClosed(socket)).isTrue();
            edge.await("refused ws websocket-upgrade");
            assertThat(edge.connections).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10 0d 00044d515454 04 02 003c 000161, MQTT without WebSocket on a WebSocket listener",
        "16 0301 0200 01, TLS handshake on a listener without TLS",
    })
    void anotherProtocolIsNamedAndClosed(String bytes, String words) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                LogLines lines = new LogLines(Listener.class);
                Socket socket = edge.connect("ws")) {
            send(socket, EdgeFixture.hex(bytes));
            edge.await("refused ws websocket-upgrade");
            assertThat(isClosed(socket)).isTrue();
            lines.await(":" + socket.getLocalPort() + ": websocket-upgrade (" + words);
        }
    }

    @Test
    void browserThatOpensThePageIsToldWhatThisIs() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port("ws") + "/"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(426);
            assertThat(response.body()).contains("MQTT");
        }
    }

    @Test
    void endlessHeadersAreRefused() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                Socket socket = edge.connect("ws")) {
            send(socket, "GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
            edge.await("refused ws websocket-upgrade");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: a\r\n"})
    void upgradeThatDoesNotComeInTimeClosesTheConnection(String start) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("edge.connect-timeout = 200ms");
                Socket socket = edge.connect("ws")) {
            send(socket, start);
            edge.await("refused ws timeout");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void clientThatVanishesIsCounted() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            RawWebSocket.upgraded(edge).close();
            edge.await("closed ws");
            edge.connect("ws").close();
            edge.await("refused ws closed");
        }
    }
}
