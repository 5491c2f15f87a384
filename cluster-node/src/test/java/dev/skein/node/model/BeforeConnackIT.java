package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a connection may take before it is somebody, and how slowly a packet may come. */
@SuppressWarnings("NullAway.Init")
class BeforeConnackIT {
    private static final int DEADLINE_MILLIS = 20_000;
    private static final int CONNECT = 0x10;
    private static final int PUBLISH_QOS_1 = 0x32;
    private static final int PUBACK = 0x40;
    private static final String SETTINGS = """
            skein.edge.connect-timeout = 1s
            skein.mqtt { packet-timeout = 1s, packet-min-rate = 1000B }
            """;

    @TempDir
    private static Path directory;

    private static ModelNode node;

    @BeforeAll
    static void start() {
        node = ModelNode.start(directory, SETTINGS);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void connectThatDeclaresTooMuchIsRefusedBeforeItsBytesCome() throws Exception {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(header(CONNECT, 80 * 1024 + 1));
            assertEnds(socket);
        }
        await("skein_connects_refused_total{listener=\"mqtt\",reason=\"packet_too_large\"}");
    }

    @Test
    void anotherPacketBeforeConnectHasTheSameBound() throws Exception {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(header(PUBLISH_QOS_1, 500_000));
            assertEnds(socket);
        }
    }

    @Test
    void connectWithTheLongestWillAndALongTopicFits() throws Exception {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(connect("will-client", 65_535, 8 * 1024));
            assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
        }
    }

    @Test
    void whatComesBehindConnectMayBeLonger() throws Exception {
        try (Socket socket = connected()) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(connect("at-once", 0, 0));
            both.write(publish(500_000));
            socket.getOutputStream().write(both.toByteArray());
            assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
            assertThat(socket.getInputStream().read()).isEqualTo(PUBACK);
        }
    }

    @Test
    void connectThatComesByteByByteHasOneDeadline() throws Exception {
        byte[] connect = connect("drips", 10_000, 0);
        try (Socket socket = connected()) {
            dripUntilClosed(socket, connect);
            assertEnds(socket);
        }
        await("skein_connects_refused_total{listener=\"mqtt\",reason=\"connect_timeout\"}");
    }

    @Test
    void packetThatComesTooSlowlyEndsItsConnection() throws Exception {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(connect("slow", 0, 0));
            assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
            dripUntilClosed(socket, publish(100_000));
            assertEnds(socket);
        }
        await("skein_disconnects_total{listener=\"mqtt\",mqtt_instance=\"default\",reason=\"packet_timeout\"}");
    }

    @Test
    void clientThatIsSilentBetweenPacketsMayBe() throws Exception {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(connect("idle", 0, 0));
            assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
            Waiting.pause(Duration.ofSeconds(3));
            socket.getOutputStream().write(publish(1000));
            assertThat(socket.getInputStream().read()).isEqualTo(PUBACK);
        }
    }

    private static Socket connected() throws IOException {
        Socket socket = new Socket(node.address().getAddress(), node.address().getPort());
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void dripUntilClosed(Socket socket, byte[] bytes) throws IOException {
        try {
            for (byte next : bytes) {
                socket.getOutputStream().write(next);
                Waiting.pause(Duration.ofMillis(10));
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("(?s).*(reset|Broken pipe|abort).*");
        }
    }

    private static void assertEnds(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static void await(String series) {
        Waiting.until(series, () -> node.page("/metrics").contains(series));
    }

    private static byte[] header(int type, int remaining) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        int rest = remaining;
        do {
            out.write((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
            rest >>= 7;
        } while (rest > 0);
        return out.toByteArray();
    }

    /** CONNECT of MQTT 3.1.1 with a clean session. */
    private static byte[] connect(String clientId, int willBytes, int topicBytes) throws IOException {
        boolean will = willBytes > 0;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "MQTT".getBytes(StandardCharsets.UTF_8));
        body.write(4);
        body.write(2 | (will ? 4 : 0));
        body.write(new byte[] {0, 0});
        field(body, clientId.getBytes(StandardCharsets.UTF_8));
        if (will) {
            field(body, ("w/" + "x".repeat(topicBytes)).getBytes(StandardCharsets.UTF_8));
            field(body, new byte[willBytes]);
        }
        return whole(CONNECT, body);
    }

    private static byte[] publish(int bytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "t".getBytes(StandardCharsets.UTF_8));
        body.write(new byte[] {0, 1});
        body.write(new byte[bytes]);
        return whole(PUBLISH_QOS_1, body);
    }

    private static void field(ByteArrayOutputStream out, byte[] bytes) throws IOException {
        out.write(bytes.length >> Byte.SIZE);
        out.write(bytes.length);
        out.write(bytes);
    }

    private static byte[] whole(int type, ByteArrayOutputStream body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(header(type, body.size()));
        out.write(body.toByteArray());
        return out.toByteArray();
    }
}
