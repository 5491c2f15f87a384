package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.echo;
import static dev.skein.node.edge.EdgeFixture.isClosed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.node.reliability.Waiting;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TcpListenerTest {

    static List<String> transports() {
        return IoUring.isAvailable() ? List.of("auto", "nio", "io_uring") : List.of("auto", "nio");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectionReachesTheProtocolWithItsOrigin(String transport) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("edge.transport = " + transport, "listeners.mqtt.instance = plant");
                Socket socket = edge.connect("mqtt")) {
            assertThat(echo(socket, "hello")).isEqualTo("hello");

            ConnectionInfo info = edge.nextConnection();
            assertThat(info.listener()).isEqualTo("mqtt");
            assertThat(info.instance()).isEqualTo("plant");
            assertThat(info.tls()).isFalse();
            assertThat(info.webSocket()).isFalse();
            assertThat(info.clientCertificate()).isNull();
            assertThat(info.remote()).isEqualTo(socket.getLocalSocketAddress());
            edge.await("accepted mqtt");
            socket.shutdownOutput();
            edge.await("closed mqtt");
        }
    }

    @Test
    void tlsListenersStayClosedWithoutACertificate() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            assertThat(edge.listeners.bound()).extracting(BoundListener::name).containsExactly("mqtt", "ws");
        }
    }

    @Test
    void disabledListenerStaysClosed() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("listeners.ws.enabled = false")) {
            assertThat(edge.listeners.bound()).extracting(BoundListener::name).containsExactly("mqtt");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void portInUseIsNamedAndNothingStaysOpen(String transport) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> EdgeFixture.start("listeners.ws.port = " + port, "edge.transport = " + transport))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(EdgeStartException.class)
                    .hasMessageStartingWith(
                            "skein.listeners.ws.port: " + port + " (expected: a free port of 127.0.0.1; ")
                    .hasMessageContaining("Address already in use");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void severalAddressesHaveOnePort(String transport) throws Exception {
        try (EdgeFixture edge =
                EdgeFixture.start("listeners.mqtt.host = [127.0.0.1, 127.0.0.2]", "edge.transport = " + transport)) {
            List<InetSocketAddress> addresses =
                    edge.listeners.bound().getFirst().addresses();
            int port = addresses.getFirst().getPort();
            assertThat(addresses)
                    .containsExactly(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port));
            for (InetSocketAddress address : addresses) {
                try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                    assertThat(edge.nextConnection().remote().getPort()).isEqualTo(client.getLocalPort());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void localhostIsBothLoopbackAddresses(String transport) throws Exception {
        InetAddress six = InetAddress.ofLiteral("::1");
        assumeTrue(NetworkInterface.getByInetAddress(six) != null, "no IPv6");
        try (EdgeFixture edge = EdgeFixture.start("edge.transport = " + transport)) {
            int port = edge.listeners.bound().getFirst().address().getPort();
            try (Socket client = new Socket(six, port)) {
                assertThat(edge.nextConnection().remote()).isEqualTo(client.getLocalSocketAddress());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anyAddressIsShownAsItIsConfigured(String transport) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("listeners.mqtt.host = 0.0.0.0", "edge.transport = " + transport)) {
            assertThat(edge.listeners.bound().getFirst().host()).isEqualTo("0.0.0.0");
        }
    }

    @Test
    void addressOfAnotherHostIsNamed() {
        assertThatThrownBy(() -> EdgeFixture.start("listeners.mqtt.host = 192.0.2.1"))
                .cause()
                .hasMessage("skein.listeners.mqtt.host: 192.0.2.1 (expected: an address of this host)");
        assertThatThrownBy(() -> EdgeFixture.start("listeners.mqtt.host = no-such-host.invalid"))
                .cause()
                .hasMessageStartingWith("skein.listeners.mqtt.host: no-such-host.invalid (expected: ");
    }

    @Test
    void connectionAboveTheBoundIsClosedAndTheRoomIsUsedAgain() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("edge.max-connections = 2")) {
            Socket first = edge.connect("mqtt");
            edge.await("accepted mqtt"); // one after the other: they may be on different event loops
            Socket second = edge.connect("ws");
            edge.await("accepted ws");
            Socket third = edge.connect("mqtt");
            edge.await("refused mqtt max-connections");
            assertThat(isClosed(third)).isTrue();
            assertThat(edge.listeners.connections()).isEqualTo(2);

            second.close();
            edge.await("closed ws");
            try (Socket fourth = edge.connect("mqtt")) {
                assertThat(echo(fourth, "room")).isEqualTo("room");
                assertThat(echo(first, "still here")).isEqualTo("still here");
            }
        }
    }

    @Test
    void connectionsOfOneAddressAreBoundedOverAllListeners() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start("edge.max-connections-per-address = 2")) {
            Socket first = edge.connect("mqtt");
            assertThat(echo(first, "first")).isEqualTo("first");
            Socket second = RawWebSocket.upgraded(edge); // both count before the third comes
            assertThat(hasRoom(edge)).isFalse();
            edge.await("refused mqtt max-connections-per-address");
            try (Socket elsewhere = new Socket()) {
                elsewhere.bind(new InetSocketAddress("127.0.0.9", 0));
                elsewhere.connect(edge.address("mqtt"));
                assertThat(echo(elsewhere, "other")).isEqualTo("other");
            }

            second.close();
            Waiting.until("there is room again", () -> hasRoom(edge));
            assertThat(echo(first, "still here")).isEqualTo("still here");
        }
    }

    private static boolean hasRoom(EdgeFixture edge) {
        try (Socket socket = edge.connect("mqtt")) {
            return echo(socket, "room").equals("room");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void stopAcceptingKeepsConnectionsAndCloseEndsThem() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start();
                Socket socket = edge.connect("mqtt")) {
            assertThat(echo(socket, "one")).isEqualTo("one");
            edge.listeners.stopAccepting().toCompletableFuture().get(5, TimeUnit.SECONDS);

            assertThatThrownBy(() -> edge.connect("mqtt")).isInstanceOf(IOException.class);
            assertThat(echo(socket, "two")).isEqualTo("two");

            edge.listeners.close();
            assertThat(isClosed(socket)).isTrue();
            edge.await("closed mqtt");
            assertThat(edge.listeners.connections()).isZero();
        }
    }

    @Test
    void connectionThatTheProtocolFailsOnIsClosed() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start()) {
            edge.failInit.set(true);
            try (Socket socket = edge.connect("mqtt")) {
                edge.await("refused mqtt error");
                assertThat(isClosed(socket)).isTrue();
            }
            edge.failInit.set(false);
            try (Socket socket = edge.connect("mqtt")) {
                assertThat(echo(socket, "next")).isEqualTo("next");
            }
        }
    }
}
