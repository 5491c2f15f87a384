package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.net.Hosts;
import dev.skein.protocol.message.MessageId;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControlServerLifecycleTest {
    private static final String MESSAGES = "/api/v1/instances/default/messages";
    private static final String MESSAGE = "{\"topic\":\"a\",\"payload\":\"\"}";
    private static final long DEADLINE_SECONDS = 20;

    @Test
    void nodeThatDoesNotAnswerInTimeIsUnavailable() throws Exception {
        FakeNode node = new FakeNode();
        CompletableFuture<HealthReport> never = new CompletableFuture<>();
        NodeHealth silent = new NodeHealth() {
            @Override
            public CompletionStage<HealthReport> live() {
                return node.live();
            }

            @Override
            public CompletionStage<HealthReport> ready() {
                return never;
            }
        };
        ControlPorts ports = node.ports(node, silent, () -> "", FakeNode.NO_COUNTERS);
        // A request without a body: that of one with a body could be late itself.
        try (TestServer server = TestServer.start(ports, TestServer.settings("", Duration.ofMillis(50)));
                Http11 http = new Http11(server.url())) {
            assertThat(http.get("/health/ready").error())
                    .isEqualTo("503 unavailable: node: no answer within 50 ms (expected: one)");
            assertThat(never).isNotDone();
        }
    }

    @Test
    void bodyThatDoesNotComeIsSaid() throws Exception {
        try (TestServer server =
                        TestServer.start(new FakeNode().ports(), TestServer.settings("", Duration.ofMillis(50)));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST " + MESSAGES + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("body: not whole after 50 ms (expected: the whole body)");
        }
    }

    @Test
    void failureOfTheNodeIsAnInternalErrorThatTellsNoSecret() throws Exception {
        FakeNode node = new FakeNode();
        node.publishAnswer = CompletableFuture.failedStage(new IllegalStateException("password=hunter2"));
        try (TestServer server = TestServer.start(node, "");
                Http11 http = new Http11(server.url())) {
            assertThat(http.post(MESSAGES, MESSAGE).error())
                    .isEqualTo("500 internal: POST: failed (expected: an answer)");
        }
    }

    @Test
    void refusalOfTheNodeReachesTheCaller() throws Exception {
        FakeNode node = new FakeNode();
        node.publishAnswer = CompletableFuture.failedStage(
                new ControlException(ErrorCode.PUBLISH_REFUSED, "parent-topic: a (expected: a registered one)"));
        try (TestServer server = TestServer.start(node, "");
                Http11 http = new Http11(server.url())) {
            assertThat(http.post(MESSAGES, MESSAGE).error())
                    .isEqualTo("422 publish-refused: parent-topic: a (expected: a registered one)");
        }
    }

    @Test
    void portInUseFailsTheStartAndIsNamed() throws Exception {
        FakeNode node = new FakeNode();
        try (TestServer server = TestServer.start(node, "")) {
            HttpSettings same = new HttpSettings(
                    true,
                    new Hosts(List.of("127.0.0.1")),
                    server.port(),
                    "",
                    65_536,
                    Duration.ofSeconds(1),
                    TestServer.LIMITS);
            assertThatThrownBy(() -> TestServer.start(node.ports(), same).close())
                    .hasRootCauseInstanceOf(BindException.class)
                    .hasMessageContaining("skein.http.port: 127.0.0.1:" + server.port());
        }
    }

    @Test
    void stopLetsARequestUnderWayFinish() throws Exception {
        FakeNode node = new FakeNode();
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<MessageId> answer = new CompletableFuture<>();
        MessagePublisher publisher = (instance, message) -> {
            asked.countDown();
            return answer;
        };
        ControlPorts ports = node.ports(publisher, node, () -> "", FakeNode.NO_COUNTERS);
        try (TestServer server = TestServer.start(ports, TestServer.settings("", Duration.ofSeconds(10)));
                Http11 http = new Http11(server.url())) {
            CompletableFuture<String> reply = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    reply.complete(http.post(MESSAGES, MESSAGE).response().body());
                } catch (Exception e) {
                    reply.completeExceptionally(e);
                }
            });
            assertThat(asked.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            var stopped =
                    server.server().stop(Duration.ofSeconds(DEADLINE_SECONDS)).toCompletableFuture();
            answer.complete(MessageId.parse("0".repeat(32)));

            assertThat(reply.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("messageId");
            stopped.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void stopWaitsNoLongerThanItsDeadline() throws Exception {
        FakeNode node = new FakeNode();
        CountDownLatch asked = new CountDownLatch(1);
        MessagePublisher publisher = (instance, message) -> {
            asked.countDown();
            return new CompletableFuture<>();
        };
        ControlPorts ports = node.ports(publisher, node, () -> "", FakeNode.NO_COUNTERS);
        try (TestServer server = TestServer.start(ports, TestServer.settings("", Duration.ofMinutes(5)));
                Http11 http = new Http11(server.url())) {
            Thread request = Thread.startVirtualThread(() -> {
                try {
                    http.post(MESSAGES, MESSAGE);
                } catch (Exception e) {
                    // The connection is cut: that is what stop is for.
                }
            });
            assertThat(asked.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            server.server().stop(Duration.ofMillis(100)).toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(request.join(Duration.ofSeconds(DEADLINE_SECONDS))).isTrue();
        }
    }

    @Test
    void pagesOfMetricsAreMadeOneAtATime() throws Exception {
        CompletableFuture<Runnable> work = new CompletableFuture<>();
        Scrapes scrapes = new Scrapes(() -> "page", work::complete);
        var first = scrapes.next();
        var second = scrapes.next();
        assertThat(second).isSameAs(first);
        work.get(DEADLINE_SECONDS, TimeUnit.SECONDS).run();
        assertThat(first.toCompletableFuture()).isCompletedWithValue("page");
        assertThat(scrapes.next()).isNotSameAs(first);
    }
}
