package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More clients than a small node has memory for, each within its own bounds: the node stays, and serves others. */
@Tag("mostly-waiting")
@Order(2)
class ConnectionMemoryIT {
    private static final int MAX = 16 << 20;
    /** PUBLISH of 1 MiB less one byte, of which this much comes. */
    private static final String HEAD = "30 ffff3f 0001 61";

    private static final int BODY = 900_000;
    private static final int CLIENTS = 80;
    /** Each of skein.mqtt.max-connect-size less one byte, of which this much comes. */
    private static final int CONNECT_BODY = 80_000;

    private static final int CONNECTS = 400;
    private static final int WILLS = 400;
    private static final int WAVES = Effort.of(8, 20);
    private static final long HEAP_KIB_MORE = 12 * 1024;

    @TempDir
    static Path home;

    private static @Nullable SkeinProcess shared;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void start() {
        shared = SkeinProcess.in(home, "-Xmx128m -XX:MaxDirectMemorySize=48m", "skein.edge.memory-max=" + MAX)
                .start();
    }

    @AfterAll
    static void stop() {
        node().close();
    }

    @BeforeEach
    void awaitRoom() {
        Waiting.until(
                "what the clients of another test held is free",
                () -> node().metric("skein_connection_memory_bytes", "") < MAX / 4.0);
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private static SkeinProcess node() {
        assertThat(shared).isNotNull();
        return shared;
    }

    @Test
    void packetsThatNeverEndCloseTheLargestHolders() throws Exception {
        double before = closed();
        for (int i = 0; i < CLIENTS; i++) {
            Socket socket = NeverReadsIT.connected(node(), "mqtt", "partial-" + i);
            sockets.add(socket);
            flood(socket, HEAD, BODY);
        }
        bounded(before);
        assertThat(node().log()).contains("connection memory full", "skein.edge.memory-max: " + MAX);
    }

    @Test
    void connectsThatNeverEndCloseTheLargestHolders() throws Exception {
        double before = closed();
        for (int i = 0; i < CONNECTS; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node().mqttPort()));
            flood(socket, "10 ffff04 0004 4d515454 04 02 0000", CONNECT_BODY);
        }
        bounded(before);
    }

    @Test
    void willsCountAsLongAsTheirClientsAreConnected() throws Exception {
        double before = closed();
        connectWithWills();
        bounded(before);
    }

    /** A will of 60,000 bytes each. Above the bound one is answered with server unavailable, or not taken in. */
    private void connectWithWills() throws IOException {
        String will = EdgeFixture.hex("0001 77 ea60") + "w".repeat(60_000);
        for (int i = 0; i < WILLS; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node().mqttPort()));
            String id = EdgeFixture.hex("0004") + (1000 + i);
            try {
                EdgeFixture.send(socket, EdgeFixture.hex("10 f5d403 0004 4d515454 04 06 0000") + id + will);
            } catch (IOException e) {
                // It was not taken in.
            }
        }
        for (Socket socket : sockets) {
            try {
                assertThat(EdgeFixture.receive(socket, 4))
                        .isIn("", EdgeFixture.hex("2002 0000"), EdgeFixture.hex("2002 0003"));
            } catch (IOException e) {
                // As above.
            }
        }
    }

    /** Wills are on their way to the store and to their receivers when the next clients come with theirs. */
    @Test
    void manyWavesLeaveTheNodeAsItWas() throws Exception {
        long before = heapKib();
        for (int i = 0; i < WAVES; i++) {
            connectWithWills();
            closeAll();
            if (i % 4 == 3) {
                publishToManyThatDoNotRead();
                closeAll();
            }
            assertThat(node().metric("skein_connection_memory_bytes", "")).isLessThan(MAX * 1.5);
            NeverReadsIT.serves(node());
        }
        awaitRoom();
        Waiting.until("the heap is as before", Duration.ofSeconds(30), () -> heapKib() < before + HEAP_KIB_MORE);
    }

    /** What the heap of the node takes after a collection. */
    private static long heapKib() {
        jcmd("GC.class_histogram"); // GC.run is concurrent here, and leaves garbage
        Matcher used = Pattern.compile("used (\\d+)K").matcher(jcmd("GC.heap_info"));
        assertThat(used.find()).isTrue();
        return Long.parseLong(used.group(1));
    }

    private static String jcmd(String command) {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process process = new ProcessBuilder(tool, String.valueOf(node().pid()), command).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One message to many that read nothing: each has it once in the broker, and no more. */
    @Test
    void largeMessageToManyThatDoNotReadIsBounded() throws Exception {
        publishToManyThatDoNotRead();
        assertThat(node().metric("skein_connection_memory_bytes", "")).isLessThan(MAX * 1.25);
        NeverReadsIT.serves(node());
    }

    private void publishToManyThatDoNotRead() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            Socket socket = NeverReadsIT.connected(node(), "mqtt", "subscriber-" + i);
            sockets.add(socket);
            EdgeFixture.send(socket, EdgeFixture.hex("8206 0001 0001 62 00"));
            assertThat(EdgeFixture.receive(socket, 5)).isEqualTo(EdgeFixture.hex("9003 0001 00"));
        }
        try (Socket publisher = NeverReadsIT.connected(node(), "mqtt", "publisher")) {
            String message = EdgeFixture.hex("32 85f136 0001 62 0001") + "x".repeat(899_200);
            for (int i = 0; i < 20; i++) {
                EdgeFixture.send(publisher, message);
                assertThat(EdgeFixture.receive(publisher, 4)).isEqualTo(EdgeFixture.hex("4002 0001"));
            }
        }
    }

    private static void flood(Socket socket, String head, int body) {
        try {
            EdgeFixture.send(socket, EdgeFixture.hex(head) + "x".repeat(body));
        } catch (IOException e) {
            // It was closed to make room, as it should be.
        }
    }

    private static double closed() {
        return node().metric("skein_connection_memory_closed_total", "");
    }

    private static void bounded(double closedBefore) throws Exception {
        Waiting.until("some are closed, once it has read what was sent", () -> closed() > closedBefore);
        assertThat(node().metric("skein_connection_memory_bytes", "")).isLessThan(MAX * 1.25);
        assertThat(node().isAlive()).isTrue();
        NeverReadsIT.serves(node());
    }
}
