package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.echo;
import static dev.skein.node.edge.EdgeFixture.hex;
import static dev.skein.node.edge.EdgeFixture.isClosed;
import static dev.skein.node.edge.EdgeFixture.receive;
import static dev.skein.node.edge.EdgeFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.tls.TestCertificates;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProxyProtocolTest {

    private static final String ON =
            "listeners { mqtt.proxy-protocol = true, mqtts.proxy-protocol = true," + " ws.proxy-protocol = true }";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String PROXY = "21";
    private static final String LOCAL = "20";
    /** TCP over IPv4, 12 bytes: 192.0.2.7 to 10.0.0.1, ports 1000 and 1883. */
    private static final String TCP4 = "11 000c c0000207 0a000001 03e8 075b";

    private static InetSocketAddress remoteAfter(String header) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON);
                Socket socket = edge.connect("mqtt")) {
            assertThat(echo2(socket, header, "hello")).isEqualTo("hello");
            InetSocketAddress remote = edge.nextConnection().remote();
            return remote.equals(socket.getLocalSocketAddress()) ? new InetSocketAddress(0) : remote;
        }
    }

    private static String echo2(Socket socket, String header, String text) throws Exception {
        send(socket, header + text);
        return receive(socket, text.length());
    }

    @Test
    void version1GivesTheClientsAddress() throws Exception {
        assertThat(remoteAfter("PROXY TCP4 192.0.2.7 10.0.0.1 1000 1883\r\n"))
                .isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
        assertThat(remoteAfter("PROXY TCP6 2001:db8::7 2001:db8::1 65535 1883\r\n"))
                .isEqualTo(new InetSocketAddress("2001:db8::7", 65535));
    }

    @Test
    void version2GivesTheClientsAddress() throws Exception {
        assertThat(remoteAfter(hex(SIGNATURE + PROXY + TCP4))).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
        // TCP over IPv6, 36 bytes.
        String tcp6 = "21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 03e8 075b";
        assertThat(remoteAfter(hex(SIGNATURE + PROXY + tcp6))).isEqualTo(new InetSocketAddress("2001:db8::7", 1000));
    }

    @Test
    void additionsOfVersion2AreReadOver() throws Exception {
        // The length counts 12 bytes of addresses and one addition: type, length 3, three bytes.
        String addition = TCP4.replace("11 000c", "11 0012") + "ea 0003 616263";
        assertThat(remoteAfter(hex(SIGNATURE + PROXY + addition))).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
    }

    @Test
    void localAndUnknownKeepTheSocketsAddress() throws Exception {
        InetSocketAddress socketsOwn = new InetSocketAddress(0);
        assertThat(remoteAfter("PROXY UNKNOWN\r\n")).isEqualTo(socketsOwn);
        assertThat(remoteAfter(hex(SIGNATURE + LOCAL + TCP4))).isEqualTo(socketsOwn);
        assertThat(remoteAfter(hex(SIGNATURE + LOCAL + "00 0000"))).isEqualTo(socketsOwn);
    }

    @Test
    void headerOfASenderThatIsNotTrustedIsNotRead() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON, "listeners.mqtt.trusted-proxies = [\"127.0.0.9\"]");
                Socket socket = edge.connect("mqtt")) {
            edge.await("refused mqtt proxy-untrusted");
            assertThat(isClosed(socket)).isTrue();
            try (Socket trusted = new Socket()) {
                trusted.bind(new InetSocketAddress("127.0.0.9", 0));
                trusted.connect(edge.address("mqtt"));
                send(trusted, "PROXY TCP4 192.0.2.7 10.0.0.1 1000 1883\r\n");
                assertThat(edge.nextConnection().remote()).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
            }
        }
    }

    @Test
    void connectionsAreBoundedByTheAddressOfTheHeader() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON, "edge.max-connections-per-address = 1");
                Socket first = edge.connect("mqtt");
                Socket second = edge.connect("mqtt");
                Socket other = edge.connect("mqtt")) {
            assertThat(echo2(first, "PROXY TCP4 192.0.2.7 10.0.0.1 1000 1883\r\n", "one"))
                    .isEqualTo("one");
            send(second, "PROXY TCP4 192.0.2.7 10.0.0.1 1001 1883\r\n");
            edge.await("refused mqtt max-connections-per-address");
            assertThat(isClosed(second)).isTrue();
            assertThat(echo2(other, "PROXY TCP4 192.0.2.8 10.0.0.1 1000 1883\r\n", "two"))
                    .isEqualTo("two");
        }
    }

    static List<String> noHeaders() {
        return List.of(
                // A CONNECT of MQTT, and one byte that no header begins with.
                hex("10 0d 00044d515454 04 02 003c 000161"),
                "X",
                "PROXY TCP4 999.0.2.7 10.0.0.1 1000 1883\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 1000\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 1000 70000\r\n",
                // An addition of version 2 that is longer than the header.
                hex(SIGNATURE + "21 11 000f c0000207 0a000001 03e8 075b 04 0010"),
                // A version 3.
                hex(SIGNATURE + "31" + TCP4));
    }

    @ParameterizedTest
    @MethodSource("noHeaders")
    void connectionWithoutAGoodHeaderIsClosedAtOnce(String start) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON);
                Socket socket = edge.connect("mqtt")) {
            send(socket, start);
            edge.await("refused mqtt proxy-header");
            assertThat(isClosed(socket)).isTrue();
            assertThat(edge.connections).isEmpty();
        }
    }

    @Test
    void endlessHeaderIsRefused() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON);
                Socket socket = edge.connect("mqtt")) {
            send(socket, "PROXY TCP4 " + "1".repeat(200));
            edge.await("refused mqtt proxy-header");
        }
    }

    @Test
    void headerThatDoesNotComeInTimeClosesTheConnection() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON, "edge.connect-timeout = 200ms");
                Socket socket = edge.connect("mqtt")) {
            send(socket, "PROXY TCP4 ");
            edge.await("refused mqtt timeout");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void connectionThatEndsBeforeItsHeaderIsCounted() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON)) {
            edge.connect("mqtt").close();
            edge.await("refused mqtt closed");
        }
    }

    @Test
    void headerMayComeByteByByte() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON);
                Socket socket = edge.connect("mqtt")) {
            socket.setTcpNoDelay(true);
            String header = hex(SIGNATURE + PROXY + TCP4);
            for (int i = 0; i < header.length(); i++) {
                send(socket, header.substring(i, i + 1));
            }
            assertThat(echo(socket, "slow")).isEqualTo("slow");
            assertThat(edge.nextConnection().remote()).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
        }
    }

    @Test
    void headerStandsInFrontOfTls(@TempDir Path directory) throws Exception {
        TestCertificates ca = TestCertificates.ca("CN=Skein test CA");
        ca.issue("CN=server", 2).write(directory, "server");
        String tls = "tls { certificate = \"%1$s/server.crt\", key = \"%1$s/server.key\" }".formatted(directory);
        try (EdgeFixture edge = EdgeFixture.start(ON, tls);
                Socket plain = edge.connect("mqtts")) {
            send(plain, "PROXY TCP4 192.0.2.7 10.0.0.1 1000 8883\r\n");
            try (Socket socket =
                    ca.client(null).getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true)) {
                assertThat(echo(socket, "inside")).isEqualTo("inside");
            }
            assertThat(edge.nextConnection().remote()).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
        }
    }

    @Test
    void headerStandsInFrontOfWebSocket() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(ON);
                Socket socket = edge.connect("ws")) {
            send(socket, "PROXY TCP4 192.0.2.7 10.0.0.1 1000 8083\r\n" + RawWebSocket.request("mqtt"));
            assertThat(RawWebSocket.readResponse(socket)).startsWith("HTTP/1.1 101 ");
            assertThat(edge.nextConnection().remote()).isEqualTo(new InetSocketAddress("192.0.2.7", 1000));
        }
    }
}
