package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.echo;
import static dev.skein.node.edge.EdgeFixture.hex;
import static dev.skein.node.edge.EdgeFixture.isClosed;
import static dev.skein.node.edge.EdgeFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.tls.TestCertificates;
import dev.skein.node.tls.UnusableFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class TlsListenerTest {

    private static TestCertificates ca;
    private static TestCertificates server;
    private static TestCertificates device;
    private static TestCertificates stranger;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeCertificates() {
        ca = TestCertificates.ca("CN=Skein test CA");
        server = ca.issue("CN=server", 17);
        device = ca.issue("O=Example,CN=device-1", 4711);
        stranger = TestCertificates.ca("CN=Another CA").issue("O=Example,CN=device-1", 5);
    }

    @BeforeEach
    void writeFiles() throws Exception {
        server.write(directory, "server");
        ca.write(directory, "ca");
    }

    private String tls(String... more) {
        return "tls { certificate = \"%1$s/server.crt\", key = \"%1$s/server.key\", %2$s }"
                .formatted(directory, String.join(", ", more));
    }

    private String clientCa() {
        return "client-ca = \"" + directory + "/ca.crt\"";
    }

    private static SSLSocket connect(EdgeFixture edge, @Nullable TestCertificates own) throws Exception {
        SSLSocket socket = (SSLSocket) ca.client(own).getSocketFactory().createSocket();
        socket.setSoTimeout(EdgeFixture.DEADLINE_SECONDS * 1000);
        socket.connect(edge.address("mqtts"));
        return socket;
    }

    private static BigInteger serialOf(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientTalksThroughTls(String version) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls());
                SSLSocket socket = connect(edge, null)) {
            socket.setEnabledProtocols(new String[] {version});
            assertThat(echo(socket, "hello")).isEqualTo("hello");
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(serialOf(socket)).isEqualTo(server.serial());

            ConnectionInfo info = edge.nextConnection();
            assertThat(info.listener()).isEqualTo("mqtts");
            assertThat(info.tls()).isTrue();
            assertThat(info.clientCertificate()).isNull();
        }
    }

    @Test
    void handshakeWaitsUntilThereIsRoomForIt() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls(), "admission.handshakes = 1");
                Socket silent = edge.connect("mqtts")) {
            send(silent, hello());
            edge.awaitHandshakes(1, 0);
            try (SSLSocket socket = connect(edge, null)) {
                Thread client = Thread.ofVirtual().start(() -> {
                    try {
                        socket.startHandshake();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                edge.awaitHandshakes(1, 1);
                silent.shutdownOutput();
                client.join();
                assertThat(echo(socket, "hello")).isEqualTo("hello");
                edge.awaitHandshakes(0, 0);
            }
        }
    }

    @Test
    void handshakeThatFindsNoPlaceInTheQueueIsClosed() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls(), "admission { handshakes = 1, waiting = 0 }");
                Socket silent = edge.connect("mqtts")) {
            send(silent, hello());
            edge.awaitHandshakes(1, 0);
            try (Socket socket = edge.connect("mqtts")) {
                send(socket, hello());
                edge.await("refused mqtts admission-full");
                assertThat(isClosed(socket)).isTrue();
            }
            assertThat(silent.isClosed()).isFalse();
        }
    }

    @Test
    void versionThatIsSwitchedOffIsRefused() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("protocols = [\"TLSv1.3\"]"));
                SSLSocket socket = connect(edge, null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            edge.await("tls mqtts protocol");
        }
    }

    @Test
    void closeFlushesWhatWasWritten() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls());
                SSLSocket socket = connect(edge, null)) {
            assertThat(echo(socket, "good bye")).isEqualTo("good bye");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mqtts, 10 0d 00044d515454 04 02 003c 000161, MQTT without TLS on a listener with TLS",
        "mqtts, 474554202f20485454502f312e310d0a, HTTP without TLS on a listener with TLS",
        "wss, 474554202f20485454502f312e310d0a, HTTP without TLS on a listener with TLS",
        "mqtts, 000000000000, not an SSL/TLS record",
    })
    void clientThatSpeaksNoTlsIsCountedAndNamed(String listener, String bytes, String words) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls());
                LogLines lines = new LogLines(Listener.class);
                Socket socket = edge.connect(listener)) {
            send(socket, hex(bytes));
            edge.await("tls " + listener + " not-tls");
            assertThat(isClosed(socket)).isTrue();
            lines.await(":" + socket.getLocalPort() + ": TLS handshake failed: not-tls (" + words);
        }
    }

    /** A ClientHello, as a text of ISO 8859-1. */
    private static String hello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void whoSendsNoWholeClientHelloTakesNoRoomFromOthers() throws Exception {
        String hello = hello();
        try (EdgeFixture edge = EdgeFixture.start(tls(), "admission { handshakes = 1, waiting = 0 }");
                Socket silent = edge.connect("mqtts");
                Socket half = edge.connect("mqtts");
                SSLSocket client = connect(edge, null)) {
            send(half, hello.substring(0, hello.length() - 1));
            edge.await("accepted mqtts");
            edge.await("accepted mqtts");
            assertThat(echo(client, "hello")).isEqualTo("hello");
            edge.awaitHandshakes(0, 0);
            send(half, hello.substring(hello.length() - 1));
            edge.awaitHandshakes(1, 0);
            assertThat(silent.isClosed()).isFalse();
        }
    }

    @Test
    void clientHelloMayComeByteByByte() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls());
                Socket slow = edge.connect("mqtts")) {
            slow.setTcpNoDelay(true);
            String hello = hello();
            for (int i = 0; i < hello.length(); i++) {
                send(slow, hello.substring(i, i + 1));
            }
            assertThat(slow.getInputStream().read()).isEqualTo(22);
        }
    }

    @Test
    void addressThatConnectsVeryOftenKeepsNobodyElseWaiting() throws Exception {
        String hello = hello();
        List<Socket> flood = new ArrayList<>();
        try (EdgeFixture edge = EdgeFixture.start(tls(), "admission { handshakes = 2, waiting = 60 }")) {
            for (int i = 0; i < 62; i++) {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress("127.0.0.9", 0));
                socket.connect(edge.address("mqtts"));
                send(socket, hello);
                flood.add(socket);
            }
            edge.awaitHandshakes(2, 60);
            // The queue is full, and it is of another address: it has its turn next.
            try (SSLSocket client = connect(edge, null)) {
                Thread handshake = Thread.ofVirtual().start(() -> {
                    try {
                        client.startHandshake();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                edge.await("refused mqtts admission-overdue");
                flood.getFirst().close();
                handshake.join();
                assertThat(edge.handshakes.figures().waiting()).isGreaterThan(50);
                assertThat(echo(client, "hello")).isEqualTo("hello");
            }
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void oneDeadlineHoldsForAllBeforeConnect() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls(), "edge.connect-timeout = 1s");
                Socket slow = edge.connect("wss")) {
            send(slow, hello());
            assertThat(slow.getInputStream().read()).isEqualTo(22);
            edge.await("tls wss timeout");
            assertThat(isClosed(slow)).isTrue();
        }
    }

    @Test
    void endlessClientHelloIsRefused() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls());
                Socket socket = edge.connect("mqtts")) {
            send(socket, hex("16 0301 4000 01 010000"));
            edge.await("refused mqtts client-hello");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void handshakeThatDoesNotGoOnIsClosed() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("handshake-timeout = 200ms"));
                Socket socket = edge.connect("mqtts")) {
            send(socket, hello());
            edge.await("tls mqtts timeout");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void handshakeThatDoesNotComeIsClosed() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls(), "edge.connect-timeout = 200ms");
                Socket socket = edge.connect("mqtts")) {
            edge.await("tls mqtts timeout");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void clientThatLeavesDuringTheHandshakeIsCounted() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls())) {
            edge.connect("mqtts").close();
            edge.await("tls mqtts closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optional", "required"})
    void clientCertificateReachesTheProtocol(String clientAuth) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("client-auth = " + clientAuth, clientCa()));
                SSLSocket socket = connect(edge, device)) {
            assertThat(echo(socket, "it is me")).isEqualTo("it is me");
            ClientCertificate shown =
                    Objects.requireNonNull(edge.nextConnection().clientCertificate());
            assertThat(shown.subject()).isEqualTo("CN=device-1,O=Example");
            assertThat(shown.serial()).isEqualTo(4711);
        }
    }

    @Test
    void optionalClientCertificateMayBeMissing() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("client-auth = optional", clientCa()));
                SSLSocket socket = connect(edge, null)) {
            assertThat(echo(socket, "nobody")).isEqualTo("nobody");
            assertThat(edge.nextConnection().clientCertificate()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void requiredClientCertificateThatIsMissingIsRefused(String version) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("client-auth = required", clientCa()));
                SSLSocket socket = connect(edge, null)) {
            socket.setEnabledProtocols(new String[] {version});
            assertThatThrownBy(() -> echo(socket, "nobody")).isInstanceOf(IOException.class);
            edge.await("tls mqtts no-client-certificate");
            assertThat(edge.connections).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optional", "required"})
    void clientCertificateOfAnotherCaIsRefused(String clientAuth) throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("client-auth = " + clientAuth, clientCa()));
                // TLS 1.3 clients do not offer a certificate of an issuer that was not asked for; this one insists.
                SSLSocket socket = StubbornClient.connect(ca, stranger, edge.address("mqtts"))) {
            assertThatThrownBy(() -> echo(socket, "let me in")).isInstanceOf(IOException.class);
            edge.await("tls mqtts client-certificate");
            assertThat(edge.connections).isEmpty();
        }
    }

    @Test
    void newHandshakesUseChangedFilesAndOldConnectionsStay() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("reload-interval = 100ms"));
                SSLSocket before = connect(edge, null)) {
            assertThat(echo(before, "one")).isEqualTo("one");
            ca.issue("CN=server", 18).write(directory, "server");
            edge.await("reloaded true");

            try (SSLSocket after = connect(edge, null)) {
                assertThat(echo(after, "two")).isEqualTo("two");
                assertThat(serialOf(after)).isEqualTo(18);
            }
            assertThat(echo(before, "three")).isEqualTo("three");
        }
    }

    @Test
    void brokenNewFilesLeaveTheOldOnesInUse() throws Exception {
        try (EdgeFixture edge = EdgeFixture.start(tls("reload-interval = 100ms"))) {
            // A key that is not the certificate's.
            Files.writeString(
                    directory.resolve("server.key"),
                    TestCertificates.pem("PRIVATE KEY", device.key().getEncoded()));
            edge.await("reloaded false");
            Files.delete(directory.resolve("server.crt"));
            edge.await("reloaded false");
            try (SSLSocket socket = connect(edge, null)) {
                assertThat(echo(socket, "still")).isEqualTo("still");
                assertThat(serialOf(socket)).isEqualTo(server.serial());
            }

            ca.issue("CN=server", 19).write(directory, "server");
            edge.await("reloaded true");
            try (SSLSocket socket = connect(edge, null)) {
                assertThat(echo(socket, "new")).isEqualTo("new");
                assertThat(serialOf(socket)).isEqualTo(19);
            }
        }
    }

    @Test
    void encryptedKeyIsReadWithItsPassword() throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec("geheim".toCharArray())));
        byte[] encrypted = cipher.doFinal(server.key().getEncoded());
        AlgorithmIdentifier pbes2 = new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_PBES2,
                ASN1Primitive.fromByteArray(cipher.getParameters().getEncoded()));
        byte[] encoded = new EncryptedPrivateKeyInfo(pbes2, encrypted).getEncoded();
        Files.writeString(directory.resolve("server.key"), TestCertificates.pem("ENCRYPTED PRIVATE KEY", encoded));

        try (EdgeFixture edge = EdgeFixture.start(tls("key-password = geheim"));
                SSLSocket socket = connect(edge, null)) {
            assertThat(echo(socket, "open")).isEqualTo("open");
        }
        assertThatThrownBy(() -> EdgeFixture.start(tls("key-password = falsch")))
                .cause()
                .hasMessageStartingWith("skein.tls.key: " + directory + "/server.key (expected: the PKCS#8 key of")
                .hasMessageContaining("skein.tls.key-password");
    }

    @Test
    void unusableFilesStopTheStartAndAreNamed() throws Exception {
        assertThatThrownBy(() -> EdgeFixture.start(tls("certificate = /nowhere/a.pem")))
                .cause()
                .isInstanceOf(UnusableFileException.class)
                .hasMessageStartingWith("skein.tls.certificate: /nowhere/a.pem (expected: a PEM file that can be read");
        assertThatThrownBy(() -> EdgeFixture.start(tls("certificate = \"" + directory + "/server.key\"")))
                .cause()
                .hasMessageStartingWith("skein.tls.certificate: ")
                .hasMessageContaining("it is a private key (-----BEGIN PRIVATE KEY-----), not a certificate");
        assertThatThrownBy(() -> EdgeFixture.start(tls("key = \"" + directory + "/ca.key\"")))
                .cause()
                .hasMessageStartingWith("skein.tls.key: ")
                .hasMessageContaining("does not belong to the certificate");
        Files.writeString(
                directory.resolve("server.key"),
                TestCertificates.pem("EC PRIVATE KEY", server.key().getEncoded()));
        assertThatThrownBy(() -> EdgeFixture.start(tls()))
                .cause()
                .hasMessageStartingWith("skein.tls.key: ")
                .hasMessageContaining("openssl pkcs8 -topk8");
        server.write(directory, "server");
        assertThatThrownBy(() -> EdgeFixture.start(
                        tls("client-auth = required", "client-ca = \"" + directory + "/server.key\"")))
                .cause()
                .hasMessageStartingWith("skein.tls.client-ca: ");
    }
}
