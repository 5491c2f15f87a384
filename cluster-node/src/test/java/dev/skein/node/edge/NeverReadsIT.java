package dev.skein.node.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that send what is answered and do not read: the broker keeps no more answers than a bound, and reads on. */
@Tag("mostly-waiting")
@Order(1)
class NeverReadsIT {
    /** More than all buffers of the kernel on both sides. */
    private static final long FLOOD = 96L << 20;

    private static final int CHUNK = 32 * 1024;
    private static final int HELD_MAX = 1 << 20;
    private static final int DIRECT_MAX = 24 << 20;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int SLOW_READS = 100;
    private static final String STALL = "1s";

    @TempDir
    static Path home;

    private static @Nullable SkeinProcess shared;
    private static @Nullable TestCertificates ca;

    @BeforeAll
    static void start() throws Exception {
        ca = TestCertificates.ca("CN=Skein test CA");
        ca.issue("CN=server", 17).write(home, "server");
        shared = SkeinProcess.in(
                        home,
                        "-Xmx192m -XX:MaxDirectMemorySize=64m",
                        "skein.listeners.ws.enabled=true",
                        "skein.listeners.ws.port=0",
                        "skein.listeners.mqtts.enabled=true",
                        "skein.listeners.mqtts.port=0",
                        "skein.tls.certificate=" + home.resolve("server.crt"),
                        "skein.tls.key=" + home.resolve("server.key"))
                .start();
    }

    @AfterAll
    static void stop() {
        node().close();
    }

    private static SkeinProcess node() {
        assertThat(shared).isNotNull();
        return shared;
    }

    @ParameterizedTest
    @CsvSource({
        "PINGREQ,     mqtt,  c000",
        "QoS 1,       mqtt,  3206 0001 61 0001 78",
        "QoS 2,       mqtt,  3406 0001 61 0001 78",
        "PUBREL,      mqtt,  6202 0001",
        "PUBREC,      mqtt,  5002 0001",
        "SUBSCRIBE,   mqtt,  8206 0001 0001 62 00",
        "UNSUBSCRIBE, mqtt,  a205 0001 0001 62",
        "PINGREQ,     mqtts, c000",
        "QoS 1,       mqtts, 3206 0001 61 0001 78",
        "PINGREQ,     ws,    c000",
        "QoS 1,       ws,    3206 0001 61 0001 78",
    })
    void answersDoNotPileUpAndReadingGoesOn(String what, String listener, String packet) throws Exception {
        byte[] bytes = EdgeFixture.hex(packet).getBytes(ISO_8859_1);
        int times = CHUNK / bytes.length;
        byte[] chunk = bytes;
        if (listener.equals("ws")) {
            chunk = RawWebSocket.frame(0x82, EdgeFixture.hex(packet).repeat(times));
            times = 1;
        }
        try (Flood flood = Flood.of(connected(node(), listener, what), FLOOD, chunk, times)) {
            isBoundedAndGoesOn(flood);
        }
        serves(node());
    }

    @Test
    void pongsDoNotPileUp() throws Exception {
        byte[] ping = RawWebSocket.frame(0x89, "");
        Socket socket = connected(node(), "ws", "pings");
        try (Flood flood = Flood.of(socket, FLOOD, ping, CHUNK / ping.length)) {
            isBoundedAndGoesOn(flood);
        }
        serves(node());
    }

    /** TLS 1.3 answers a key update by one of its own, without MQTT hearing of it. */
    @Test
    @Tag("soak")
    void keyUpdatesDoNotPileUp() throws Exception {
        SSLSocket socket = (SSLSocket) connected(node(), "mqtts", "updates");
        int record = 27;
        try (Flood flood = new Flood(socket, FLOOD, () -> {
            socket.startHandshake(); // on a connection of TLS 1.3: asks for new keys
            return record;
        })) {
            flood.untilBlocked();
            assertBounded();
        }
        serves(node());
    }

    /** A message without an end, in frames without content and in frames of one byte. */
    @Test
    void webSocketFragmentsTakeNoMemory() throws Exception {
        try (Socket socket = connected(node(), "ws", "fragments")) {
            socket.getOutputStream().write(RawWebSocket.frame(0x02, EdgeFixture.hex("30 ff7f 0001 61"))); // 16383 bytes
            byte[] empty = RawWebSocket.frame(0x00, "");
            byte[] one = RawWebSocket.frame(0x00, "x");
            send(socket, empty, 500_000);
            send(socket, one, 16_380);
            assertBounded();
            send(socket, RawWebSocket.frame(0x80, EdgeFixture.hex("c000")), 1); // the message ends with PINGREQ
            assertThat(EdgeFixture.receive(socket, 4)).isEqualTo(EdgeFixture.hex("8202 d000"));
        }
        serves(node());
    }

    @Test
    void clientThatTakesNothingIsClosedAndOneThatIsSlowIsNot(@TempDir Path own) throws Exception {
        try (SkeinProcess process = SkeinProcess.in(own, "-Xmx192m", "skein.edge.stall-timeout=" + STALL)
                .start()) {
            byte[] pingreq = {(byte) 0xC0, 0};
            Socket slow = connected(process, "mqtt", "slow");
            try (Flood slowly = Flood.of(slow, Long.MAX_VALUE, pingreq, CHUNK);
                    Flood never = Flood.of(connected(process, "mqtt", "never"), Long.MAX_VALUE, pingreq, CHUNK)) {
                byte[] some = new byte[4096];
                int reads = 0;
                while (reads < SLOW_READS || !never.isBroken()) {
                    assertThat(slow.getInputStream().read(some))
                            .as("read " + reads)
                            .isPositive();
                    reads++;
                    Waiting.pause(Duration.ofMillis(50));
                }
                assertThat(slowly.isBroken()).isFalse();
            }
            assertThat(process.metric("skein_disconnects_total", "reason=\"client_does_not_read\""))
                    .isEqualTo(1);
            assertThat(process.log().lines().filter(line -> line.contains("client does not read")))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("never", "skein.edge.stall-timeout"));
            serves(process);
        }
    }

    private static void isBoundedAndGoesOn(Flood flood) throws IOException {
        flood.untilBlocked();
        assertThat(flood.isOver()).as("all was read").isFalse();
        assertBounded();
        flood.readUntilSent(256 << 10);
        assertThat(flood.isBroken()).isFalse();
    }

    private static void assertBounded() {
        assertThat(node().metric("skein_connection_memory_bytes", "")).isLessThan(HELD_MAX);
        assertThat(node().metric("netty_allocator_memory_used", "direct")).isLessThan(DIRECT_MAX);
    }

    private static void send(Socket socket, byte[] bytes, int times) throws IOException {
        int together = 1000;
        byte[] many = new byte[bytes.length * Math.min(times, together)];
        for (int at = 0; at < many.length; at += bytes.length) {
            System.arraycopy(bytes, 0, many, at, bytes.length);
        }
        for (int left = times; left > 0; left -= together) {
            socket.getOutputStream().write(many, 0, bytes.length * Math.min(left, together));
        }
    }

    /** Others are served: they connect, and what they publish is acknowledged. */
    static void serves(SkeinProcess process) throws Exception {
        try (Socket socket = connected(process, "mqtt", "other")) {
            EdgeFixture.send(socket, EdgeFixture.hex("3206 0001 61 0007 78"));
            assertThat(EdgeFixture.receive(socket, 4)).isEqualTo(EdgeFixture.hex("4002 0007"));
        }
    }

    /** A connected client with a small receive buffer. */
    static Socket connected(SkeinProcess process, String listener, String clientId) throws Exception {
        Socket socket = listener.equals("mqtts")
                ? client().client(null).getSocketFactory().createSocket()
                : new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), process.port(listener)));
        byte[] connect = Flood.connect(clientId);
        String connack = EdgeFixture.hex("2002 0000");
        if (listener.equals("ws")) {
            EdgeFixture.send(socket, RawWebSocket.request("mqtt"));
            RawWebSocket.readResponse(socket);
            connect = RawWebSocket.frame(0x82, new String(connect, ISO_8859_1));
            connack = EdgeFixture.hex("8204 2002 0000");
        }
        socket.getOutputStream().write(connect);
        assertThat(EdgeFixture.receive(socket, connack.length())).isEqualTo(connack);
        return socket;
    }

    private static TestCertificates client() {
        assertThat(ca).isNotNull();
        return ca;
    }
}
