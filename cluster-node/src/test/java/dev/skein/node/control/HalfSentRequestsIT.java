package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.junit.jupiter.api.Test;

/** Strangers who connect to the HTTP ports and do not finish what they say. */
class HalfSentRequestsIT {
    private static final int MANY = 1_100;
    private static final int DEADLINE_MILLIS = 30_000;
    private static final String STRANGER = "127.0.0.9";
    private static final String OTHER = "127.0.0.8";
    private static final String HALF = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Half: ";

    private final Counted counted = new Counted();

    private static final class Counted implements HttpCounters {
        private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
        private final Map<String, LongAdder> open = new ConcurrentHashMap<>();

        @Override
        public void opened(String port) {
            of(open, port).increment();
        }

        @Override
        public void closed(String port) {
            of(open, port).decrement();
        }

        @Override
        public void refused(String port, String reason) {
            of(refusals, port + " " + reason).increment();
        }

        private static LongAdder of(Map<String, LongAdder> counts, String key) {
            return counts.computeIfAbsent(key, _ -> new LongAdder());
        }

        long refused(String what) {
            return of(refusals, what).sum();
        }

        long open(String port) {
            return of(open, port).sum();
        }
    }

    @Test
    void manyOfOneAddressTakeNeitherHealthNorTheApiAway() throws Exception {
        HttpLimits patient = new HttpLimits(512, 64, Duration.ofMinutes(5), Duration.ofMinutes(5));
        List<Socket> strangers = new ArrayList<>();
        try (TestServer server = start(patient)) {
            for (int port : List.of(server.port(), server.healthPort())) {
                for (int i = 0; i < MANY; i++) {
                    strangers.add(halfSent(port));
                }
                await(() -> counted.refused(name(server, port) + " max-connections-per-address") == MANY - 64);
                assertThat(counted.open(name(server, port))).isEqualTo(64);
                assertThat(get(OTHER, server.port(), "/health/live")).startsWith("HTTP/1.1 200");
                assertThat(get(OTHER, server.healthPort(), "/health/live")).startsWith("HTTP/1.1 200");
                assertThat(get(OTHER, server.port(), "/api/v1/cluster")).startsWith("HTTP/1.1 200");
            }
            assertThat(get(STRANGER, server.port(), "/health/live")).isEmpty();
        } finally {
            for (Socket socket : strangers) {
                socket.close();
            }
        }
    }

    @Test
    void manyOfAllAddressesHaveABoundToo() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try (TestServer server = start(new HttpLimits(20, 10, Duration.ofMinutes(5), Duration.ofMinutes(5)))) {
            for (int i = 0; i < 30; i++) {
                Socket socket = connected("127.0.1." + (1 + i % 3), server.port());
                strangers.add(socket);
            }
            await(() -> counted.refused("http max-connections") == 10);
            assertThat(get(OTHER, server.healthPort(), "/health/live")).startsWith("HTTP/1.1 200");
            strangers.getFirst().close();
            await(() -> counted.open("http") == 19 || counted.open("http") == 20);
        } finally {
            for (Socket socket : strangers) {
                socket.close();
            }
        }
    }

    @Test
    void headerThatDoesNotComeAsAWholeEndsItsConnection() throws Exception {
        try (TestServer server = start(new HttpLimits(10, 10, Duration.ofMillis(300), Duration.ofMinutes(5)));
                Socket silent = connected(STRANGER, server.port());
                Socket slow = connected(STRANGER, server.port());
                Socket second = connected(STRANGER, server.port())) {
            send(second, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(second.getInputStream().read()).isEqualTo('H');
            send(second, HALF);
            Thread dripping = Thread.startVirtualThread(() -> drip(slow));
            assertEnds(silent);
            assertEnds(slow);
            assertEnds(second);
            assertThat(dripping.join(Duration.ofMillis(DEADLINE_MILLIS))).isTrue();
            await(() -> counted.open("http") == 0);
            assertThat(counted.refused("http header-timeout")).isEqualTo(2);
        }
    }

    @Test
    void connectionOnWhichNothingIsAskedAnyMoreIsClosed() throws Exception {
        try (TestServer server = start(new HttpLimits(10, 10, Duration.ofSeconds(20), Duration.ofMillis(300)));
                Socket idle = connected(STRANGER, server.port())) {
            send(idle, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEnds(idle);
            assertThat(counted.refused("http header-timeout")).isZero();
        }
    }

    /** However long it takes altogether, as long as some of it is taken now and then. */
    @Test
    void longPageIsGivenToOneWhoReadsSlowly() throws Exception {
        String page = "skein_up 1.0\n".repeat(1_000_000);
        try (TestServer server = start(new HttpLimits(10, 10, Duration.ofSeconds(20), Duration.ofSeconds(1)), page);
                Socket slow = new Socket()) {
            slow.setReceiveBufferSize(512 * 1024);
            slow.setSoTimeout(DEADLINE_MILLIS);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            send(slow, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            byte[] some = new byte[page.length() / 40];
            int taken = 0;
            while (taken < page.length()) {
                int more = slow.getInputStream().readNBytes(some, 0, some.length);
                assertThat(more).as("after " + taken + " of " + page.length()).isPositive();
                taken += more;
                Waiting.pause(Duration.ofMillis(50)); // its pace
            }
        }
    }

    /** Under load, or while memory is collected: its header waits in the socket. */
    @Test
    void timeInWhichTheNodeStallsIsNotTheClients() throws Exception {
        try (TestServer server = start(new HttpLimits(10, 10, Duration.ofSeconds(2), Duration.ofMinutes(5)));
                Socket client = connected(OTHER, server.port())) {
            await(() -> counted.open("http") == 1);
            CountDownLatch over = new CountDownLatch(1);
            for (String each : List.of("pekko.actor.default-dispatcher", "pekko.actor.internal-dispatcher")) {
                Executor dispatcher = server.system().dispatchers().lookup(DispatcherSelector.fromConfig(each));
                for (int i = 0; i < 200; i++) {
                    dispatcher.execute(() -> {
                        try {
                            over.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                }
            }
            send(client, "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Waiting.pause(Duration.ofMillis(2500));
            over.countDown();
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("HTTP/1.1 200", "store");
        }
    }

    @Test
    void headerWithoutAnEndIsRefused() throws Exception {
        try (TestServer server = start(TestServer.LIMITS);
                Socket endless = connected(STRANGER, server.healthPort())) {
            send(endless, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n");
            String header = "X-More: " + "y".repeat(1000) + "\r\n";
            try {
                for (int i = 0; i < 1000; i++) {
                    send(endless, header);
                }
            } catch (SocketException e) {
                // it was closed meanwhile
            }
            assertEnds(endless);
            assertThat(get(OTHER, server.healthPort(), "/health/live")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void portOfTheHealthChecksHasNothingElse() throws Exception {
        try (TestServer server = start(TestServer.LIMITS)) {
            assertThat(get(OTHER, server.healthPort(), "/health/ready")).startsWith("HTTP/1.1 200");
            for (String path : List.of("/metrics", "/api/v1/cluster", "/api/v1/openapi.json")) {
                assertThat(get(OTHER, server.healthPort(), path)).startsWith("HTTP/1.1 404");
            }
        }
    }

    private TestServer start(HttpLimits limits) throws Exception {
        return start(limits, "");
    }

    private TestServer start(HttpLimits limits, String metrics) throws Exception {
        FakeNode node = new FakeNode();
        HttpSettings like = TestServer.settings("", Duration.ofSeconds(20));
        HttpSettings settings =
                new HttpSettings(true, like.hosts(), 0, "", like.maxBodyBytes(), like.answerTimeout(), limits);
        return TestServer.start(node.ports(node, node, () -> metrics, counted), settings);
    }

    private static String name(TestServer server, int port) {
        return port == server.port() ? "http" : "health";
    }

    private static Socket connected(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
        socket.setSoTimeout(DEADLINE_MILLIS);
        return socket;
    }

    private static Socket halfSent(int port) throws IOException {
        Socket socket = connected(STRANGER, port);
        try {
            send(socket, HALF);
        } catch (SocketException e) {
            // it was refused already
        }
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** One byte after the other, until it is closed. */
    private static void drip(Socket socket) {
        try {
            for (int i = 0; i < HALF.length(); i++) {
                send(socket, HALF.substring(i, i + 1));
            }
            while (true) {
                send(socket, "x");
                Waiting.pause(Duration.ofMillis(20)); // its pace
            }
        } catch (IOException e) {
            // it was closed: the test looks at that
        }
    }

    private static void assertEnds(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            in.readAllBytes();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    /** The answer; empty when the connection was refused. */
    private static String get(String from, int port, String path) throws IOException {
        try (Socket socket = connected(from, port)) {
            send(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "";
        }
    }

    private static void await(BooleanSupplier condition) {
        Waiting.until("connections", condition);
    }
}
